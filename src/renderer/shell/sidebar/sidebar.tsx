import { PanelLeft, Plus, Search } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { byName } from '#core/text/by-name.ts'
import { issuesPath, memberPath, term } from '../../lib/paths.ts'
import { headingOf, referring } from '../../lib/reference-fields.ts'
import { runAction } from '../../lib/shortcuts/action-handlers.ts'
import { keysFor } from '../../lib/shortcuts/actions.ts'
import { setSheet, toggleSidebar } from '../../lib/sidebar-state.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { Tooltip } from '../../ui/controls/tooltip.tsx'
import { EntityIcon } from '../../ui/entity-name.tsx'
import { Dot } from '../../ui/label-dot.tsx'
import { SyncLine } from '../sync/sync-line.tsx'
import { ToastRoom } from '../toasts/toasts.tsx'
import { NotesLine } from './notes-line.tsx'
import { ScreenLines } from './screen-lines.tsx'
import styles from './sidebar.module.css'
import { SidebarLine } from './sidebar-line.tsx'
import { SidebarSection } from './sidebar-section.tsx'
import { ThemeMenu } from './theme-menu.tsx'
import { WorkspaceMenu } from './workspace-menu.tsx'

const icon = { size: 16, strokeWidth: 1.5, 'aria-hidden': true } as const

/** The way around the workspace. @param asSheet it lies over the view of a narrow window */
export function Sidebar({ asSheet }: { readonly asSheet: boolean }) {
  const workspace = useWorkspace()
  const { info, me, members, labels } = workspace
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
        <SidebarSection title="Automation" more={0}>
          <ScreenLines under="Automation" />
        </SidebarSection>
        {referring.map(({ entity }) => {
          const rows = byOpen(workspace[entity.plural])
          return (
            rows.length > 0 && (
              <SidebarSection key={entity.type} title={headingOf(entity)} more={rows.length - 12}>
                {rows.slice(0, 12).map((row) => (
                  <SidebarLine
                    key={row.id}
                    to={issuesPath(`is:open ${term(entity.type, row.name)}`)}
                    icon={<EntityIcon type={entity.type} id={row.id} size={16} />}
                    count={row.open}
                  >
                    {row.name}
                  </SidebarLine>
                ))}
              </SidebarSection>
            )
          )
        })}
        {busiest.length > 0 && (
          <SidebarSection title="Labels" more={busiest.length - 12}>
            {busiest.slice(0, 12).map((label) => (
              <SidebarLine
                key={label.id}
                to={issuesPath(`is:open ${term('label', label.name)}`)}
                icon={<Dot colour={label.colour} />}
                count={label.open}
              >
                {label.name}
              </SidebarLine>
            ))}
          </SidebarSection>
        )}
        {people.length > 0 && (
          <SidebarSection title="People" more={people.length - 12}>
            {people.slice(0, 12).map((member) => (
              <SidebarLine
                key={member.id}
                to={memberPath(member.id)}
                icon={<Avatar memberId={member.id} size={16} />}
                count={member.assignedOpen}
              >
                {member.name}
              </SidebarLine>
            ))}
          </SidebarSection>
        )}
      </nav>
      {!asSheet && <ToastRoom />}
      <NotesLine />
      <SyncLine />
      <div className={styles.foot}>
        <WorkspaceMenu />
        <ThemeMenu />
      </div>
    </aside>
  )
}
