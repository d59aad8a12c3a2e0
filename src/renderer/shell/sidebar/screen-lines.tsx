import type { NavItem } from '../../lib/screen.tsx'
import { keysFor } from '../../lib/shortcuts/actions.ts'
import { screens } from '../../screens/screens.ts'
import { SidebarLine } from './sidebar-line.tsx'

const icon = { size: 16, strokeWidth: 1.5, 'aria-hidden': true } as const

/** The ways to the screens that stand under one heading. */
export function ScreenLines({ under }: { readonly under: 'Automation' | undefined }) {
  return screens.flatMap(({ title, navItems }) =>
    navItems.map(
      (item) =>
        item.sidebar?.section === under &&
        item.sidebar && <ScreenLine key={item.to} item={item} title={title ?? ''} />,
    ),
  )
}

const always = () => true
const none = () => 0

function ScreenLine({
  item: { to, action, sidebar },
  title,
}: {
  readonly item: NavItem
  readonly title: string
}) {
  const { useShown = always, useCount = none } = sidebar ?? {}
  const shown = useShown()
  const count = useCount()
  if (!shown || !sidebar) return null
  const Icon = sidebar.icon
  const keys = typeof action === 'string' ? keysFor(action) : action.keys[0]
  return (
    <SidebarLine
      to={to}
      icon={<Icon {...icon} />}
      hasKeys={keys !== undefined}
      marked={sidebar.marked}
      count={count}
      counted={sidebar.counted}
    >
      {sidebar.title ?? title}
    </SidebarLine>
  )
}
