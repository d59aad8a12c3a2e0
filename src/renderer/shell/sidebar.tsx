import {
  Archive,
  Download,
  Folder,
  Monitor,
  Moon,
  MoreHorizontal,
  PanelLeft,
  Plus,
  Search,
  ShieldCheck,
  Sun,
  Upload,
  Wrench,
} from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { Link, useLocation } from 'wouter'
import { byName } from '#core/text/by-name.ts'
import { useHashSearch } from '../lib/hash-location.ts'
import { issuesPath, memberPath, peopleAndLabelsPath, term } from '../lib/paths.ts'
import type { NavItem } from '../lib/screen.tsx'
import { runAction } from '../lib/shortcuts/action-handlers.ts'
import { keysFor } from '../lib/shortcuts/actions.ts'
import { setSheet, toggleSidebar } from '../lib/sidebar-state.ts'
import { useStored } from '../lib/stored-state.ts'
import { useWorkspace } from '../lib/workspace.tsx'
import { screens } from '../screens/screens.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button, IconButton } from '../ui/controls/button.tsx'
import { Menu, MenuChoice, MenuItem, MenuSeparator } from '../ui/controls/menu.tsx'
import { Tooltip } from '../ui/controls/tooltip.tsx'
import { Dot } from '../ui/label-dot.tsx'
import { theme } from '../ui/theme/theme.ts'
import { NotesLine } from './notes-line.tsx'
import styles from './sidebar.module.css'
import { SyncLine } from './sync/sync-line.tsx'
import { ToastRoom } from './toasts.tsx'

const icon = { size: 16, strokeWidth: 1.5, 'aria-hidden': true } as const

/** The way around the workspace. @param asSheet it lies over the view of a narrow window */
export function Sidebar({ asSheet }: { readonly asSheet: boolean }) {
  const { info, me, members, labels, projects } = useWorkspace()
  const sheet = useRef<HTMLElement>(null)
  useEffect(() => {
    if (!asSheet) return
    const before = document.activeElement
    sheet.current?.querySelector<HTMLElement>('a, button')?.focus()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
      else document.getElementById('main')?.focus()
    }
  }, [asSheet])
  const byOpen = <Counted extends { readonly open: number; readonly name: string }>(
    list: readonly Counted[],
  ) => [...list].sort((a, b) => b.open - a.open || byName(a, b))
  const busiest = byOpen(labels)
  const people = [...members].sort(
    (a, b) =>
      Number(b.id === me.id) - Number(a.id === me.id) || b.assignedOpen - a.assignedOpen || byName(a, b),
  )
  return (
    <aside
      ref={sheet}
      className={styles.sidebar}
      data-sheet={asSheet}
      aria-label="Sidebar"
      onKeyDown={(event) => {
        if (!asSheet || event.key !== 'Escape') return
        setSheet(false)
        event.stopPropagation()
      }}
    >
      <div className={styles.head}>
        <span className={styles.workspace} title={info.workspace.folder}>
          <span className={styles.mark} aria-hidden>
            {[...info.workspace.name][0]?.toUpperCase() ?? 'D'}
          </span>
          <span className={styles.name}>{info.workspace.name}</span>
        </span>
        <IconButton
          label="Hide the sidebar"
          action="toggle-sidebar"
          icon={<PanelLeft {...icon} />}
          onClick={toggleSidebar}
        />
      </div>
      <div className={styles.make}>
        <Tooltip text="New issue" keys={keysFor('new-issue')}>
          <Button
            className={styles.new}
            icon={<Plus {...icon} />}
            aria-keyshortcuts={keysFor('new-issue')}
            onClick={() => runAction('new-issue')}
          >
            New issue
          </Button>
        </Tooltip>
        <IconButton
          label="Search"
          action="search"
          className={styles.search}
          icon={<Search {...icon} />}
          onClick={() => runAction('search')}
        />
      </div>
      <nav className={styles.scroll} aria-label="Workspace">
        <ul className={styles.group}>
          <ScreenLines under={undefined} />
        </ul>
        <Section title="Automation" more={0}>
          <ScreenLines under="Automation" />
        </Section>
        {projects.length > 0 && (
          <Section title="Projects" more={projects.length - 12}>
            {byOpen(projects)
              .slice(0, 12)
              .map((project) => (
                <Line
                  key={project.id}
                  to={issuesPath(`is:open ${term('project', project.name)}`)}
                  icon={<Folder {...icon} />}
                  count={project.open}
                >
                  {project.name}
                </Line>
              ))}
          </Section>
        )}
        {busiest.length > 0 && (
          <Section title="Labels" more={busiest.length - 12}>
            {busiest.slice(0, 12).map((label) => (
              <Line
                key={label.id}
                to={issuesPath(`is:open ${term('label', label.name)}`)}
                icon={<Dot colour={label.colour} />}
                count={label.open}
              >
                {label.name}
              </Line>
            ))}
          </Section>
        )}
        {people.length > 0 && (
          <Section title="People" more={people.length - 12}>
            {people.slice(0, 12).map((member) => (
              <Line
                key={member.id}
                to={memberPath(member.id)}
                icon={<Avatar memberId={member.id} size={16} />}
                count={member.assignedOpen}
              >
                {member.name}
              </Line>
            ))}
          </Section>
        )}
      </nav>
      {!asSheet && <ToastRoom />}
      <NotesLine />
      <SyncLine />
      <div className={styles.foot}>
        <Menu
          side="top"
          trigger={
            <Button variant="quiet" icon={<MoreHorizontal {...icon} />}>
              Workspace
            </Button>
          }
        >
          <MenuItem icon={<Download {...icon} />} onSelect={() => runAction('import')}>
            Import issues…
          </MenuItem>
          <MenuItem icon={<Upload {...icon} />} onSelect={() => runAction('export')}>
            Export…
          </MenuItem>
          <MenuItem icon={<Archive {...icon} />} onSelect={() => runAction('backup')}>
            Back up…
          </MenuItem>
          <MenuSeparator />
          <MenuItem icon={<ShieldCheck {...icon} />} onSelect={() => runAction('verify')}>
            Verify the log
          </MenuItem>
          <MenuItem icon={<Wrench {...icon} />} onSelect={() => runAction('rebuild')}>
            Rebuild projections
          </MenuItem>
        </Menu>
        <ThemeMenu />
      </div>
    </aside>
  )
}

function ThemeMenu() {
  const choice = useStored(theme)
  const Icon = choice === 'light' ? Sun : choice === 'dark' ? Moon : Monitor
  return (
    <Menu
      side="top"
      align="end"
      trigger={
        <button type="button" className={styles.theme} aria-label={`Theme: ${choice}`} title="Theme">
          <Icon {...icon} />
        </button>
      }
    >
      <MenuChoice
        label="Theme"
        value={choice}
        onChange={theme.set}
        options={[
          { value: 'system', label: 'As the desktop', icon: <Monitor {...icon} /> },
          { value: 'light', label: 'Light', icon: <Sun {...icon} /> },
          { value: 'dark', label: 'Dark', icon: <Moon {...icon} /> },
        ]}
      />
    </Menu>
  )
}

function Section({
  title,
  more,
  children,
}: {
  readonly title: string
  readonly more: number
  readonly children: ReactNode
}) {
  return (
    <div className={styles.section}>
      <h2 className={styles.heading}>{title}</h2>
      <ul className={styles.group}>
        {children}
        {more > 0 && (
          <li>
            <Link href={peopleAndLabelsPath} className={styles.more}>
              {more} more
            </Link>
          </li>
        )}
      </ul>
    </div>
  )
}

/** The ways to the screens that stand under one heading. */
function ScreenLines({ under }: { readonly under: 'Automation' | undefined }) {
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
    <Line
      to={to}
      icon={<Icon {...icon} />}
      hasKeys={keys !== undefined}
      marked={sidebar.marked}
      count={count}
      counted={sidebar.counted}
    >
      {sidebar.title ?? title}
    </Line>
  )
}

type LineProps = {
  readonly to: string
  readonly icon: ReactNode
  readonly children: string
  readonly count?: number
  readonly hasKeys?: boolean
  readonly marked?: 'any-query' | 'below' | undefined
  /** What is counted. */
  readonly counted?: string | undefined
}

function Line({ to, icon: sign, children, count = 0, hasKeys = false, marked, counted = 'open' }: LineProps) {
  const [location] = useLocation()
  const search = useHashSearch()
  const [path = '', query = ''] = to.split('?')
  const here =
    marked === 'below'
      ? location === path || location.startsWith(`${path}/`)
      : location === path &&
        (marked === 'any-query' || search.get('q') === new URLSearchParams(query).get('q'))
  return (
    <li>
      <Link
        href={to}
        className={styles.place}
        aria-current={here ? 'page' : undefined}
        title={hasKeys ? undefined : children}
      >
        <span className={styles.sign}>{sign}</span>
        <span className={styles.placeName}>{children}</span>
        {count > 0 && (
          <span className={styles.count}>
            {count.toLocaleString()}
            <span className="visually-hidden"> {counted}</span>
          </span>
        )}
      </Link>
    </li>
  )
}
