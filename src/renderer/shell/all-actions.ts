import { actionGroups } from '../lib/shortcuts/action-entry.ts'
import { type Action, windowActions } from '../lib/shortcuts/actions.ts'
import { screens } from '../screens/screens.ts'

const navItems = screens.flatMap((screen) => screen.navItems)

/** Every action of the window and of the ways to its screens, as the palette and the sheet of shortcuts name them: by their groups. */
export const allActions: readonly Action[] = [
  ...windowActions,
  ...navItems.flatMap(({ action }) => (typeof action === 'string' ? [] : [action])),
].sort((a, b) => actionGroups.indexOf(a.group) - actionGroups.indexOf(b.group))
