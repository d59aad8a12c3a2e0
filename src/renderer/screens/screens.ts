import type { Screen } from '../lib/screen.tsx'
import { activityScreen, memberScreen } from './activity/screen.ts'
import { boardScreen } from './board/screen.ts'
import { conflictsScreen } from './conflicts/screen.ts'
import { deliveriesScreen } from './deliveries/screen.ts'
import { inboxScreen } from './inbox/screen.ts'
import { issueScreen } from './issue/screen.ts'
import { issueListScreen } from './issue-list/screen.ts'
import { peopleAndLabelsScreen } from './people-and-labels/screen.ts'
import { ruleScreen, rulesScreen } from './rules/screen.ts'
import { searchScreen } from './search/screen.ts'
import { settingsScreen } from './settings/screen.ts'

/** Every screen of the window, in the order in which the sidebar, the palette and the sheet of shortcuts name them. */
export const screens: readonly Screen[] = [
  issueScreen,
  inboxScreen,
  issueListScreen,
  boardScreen,
  searchScreen,
  activityScreen,
  memberScreen,
  conflictsScreen,
  peopleAndLabelsScreen,
  rulesScreen,
  ruleScreen,
  deliveriesScreen,
  settingsScreen,
]
