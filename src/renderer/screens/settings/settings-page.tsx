import { ChevronLeft, Users } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { InboxView } from '#contract/answers/inbox-answers.ts'
import { navigate } from '../../lib/hash-location.ts'
import { settingsPath, teamPath, teamSection } from '../../lib/paths.ts'
import { useIsUnsaved } from '../../lib/queries/unsaved.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { useMedia } from '../../lib/use-media.ts'
import { Button } from '../../ui/controls/button.tsx'
import { InboxStateIcon } from '../../ui/inbox-state.tsx'
import { ViewHeader } from '../../ui/page/view-header.tsx'
import { ErrorState, useSlow, ViewState } from '../../ui/page/view-state.tsx'
import { draftKeys } from './inbox-draft.ts'
import { InboxSettings } from './inbox-settings.tsx'
import { isTeamSection, sectionTitle, syncSection } from './section-title.ts'
import styles from './settings-page.module.css'
import { joinDraftKey } from './team/join-draft.ts'
import { TeamSettings } from './team/team-settings.tsx'

const teamDrafts = [joinDraftKey] as const

/**
 * Everything that can be set, section by section.
 * @param section `team`, or an inbox's name; the team where nothing is named
 */
export function SettingsPage({ section }: { readonly section: string | undefined }) {
  const { data, isError, error, refetch } = useCall('inboxes.list', {})
  const narrow = useMedia('(max-width: 760px)')
  const slow = useSlow(!data && !isError)
  const named = section === undefined ? undefined : decodeURIComponent(section)
  const wanted = named ?? (narrow ? undefined : teamSection)
  const inbox = data?.find(({ name }) => name === wanted)
  const title = sectionTitle(wanted, data ?? [])
  return (
    <>
      {title === undefined ? (
        <ViewHeader />
      ) : (
        <ViewHeader title={`Settings · ${title}`} named={`${title} · Settings`} />
      )}
      <div className={styles.body} aria-busy={!data && !isError}>
        {(!narrow || wanted === undefined) && <Sections inboxes={data ?? []} shown={wanted} />}
        {(!narrow || wanted !== undefined) && (
          <div className={styles.section}>
            {narrow && (
              <Link href={settingsPath()} className={styles.back}>
                <ChevronLeft size={14} strokeWidth={1.5} aria-hidden />
                All settings
              </Link>
            )}
            {isTeamSection(wanted) ? (
              <TeamSettings />
            ) : inbox ? (
              <InboxSettings key={inbox.name} inbox={inbox} />
            ) : data ? (
              <ViewState
                title="There is no such section"
                actions={<Button onClick={() => navigate(settingsPath())}>Show all settings</Button>}
              >
                The link may be from another workspace, or the inbox behind it was taken away.
              </ViewState>
            ) : isError ? (
              <ErrorState
                what="The settings could not be shown"
                error={error}
                onRetry={() => void refetch()}
              />
            ) : (
              slow && <p className={styles.waiting}>Looking…</p>
            )}
          </div>
        )}
      </div>
    </>
  )
}

function Sections({
  inboxes,
  shown,
}: {
  readonly inboxes: readonly InboxView[]
  readonly shown: string | undefined
}) {
  const shipped = inboxes.filter(({ name, own }) => own === null && name !== syncSection)
  const own = inboxes.filter((inbox) => inbox.own !== null)
  return (
    <nav className={styles.nav} aria-label="Settings">
      <section className={styles.group} aria-label="Workspace">
        <h2 className={styles.heading}>Workspace</h2>
        <ul>
          <NavItem
            to={teamPath}
            icon={<Users size={15} strokeWidth={1.75} className={styles.sign} aria-hidden />}
            name="Team"
            here={isTeamSection(shown)}
            drafts={teamDrafts}
          />
        </ul>
      </section>
      {shipped.length > 0 && <Group title="Inboxes" inboxes={shipped} shown={shown} />}
      {own.length > 0 && <Group title="Your own inboxes" inboxes={own} shown={shown} />}
    </nav>
  )
}

function Group({
  title,
  inboxes,
  shown,
}: {
  readonly title: string
  readonly inboxes: readonly InboxView[]
  readonly shown: string | undefined
}) {
  return (
    <section className={styles.group} aria-label={title}>
      <h2 className={styles.heading}>{title}</h2>
      <ul>
        {inboxes.map(({ name, title: called, state }) => (
          <NavItem
            key={name}
            to={settingsPath(name)}
            icon={<InboxStateIcon state={state} quiet />}
            name={called}
            here={name === shown}
            drafts={draftKeys(name)}
          />
        ))}
      </ul>
    </section>
  )
}

type NavItemProps = {
  readonly to: string
  readonly icon: ReactNode
  readonly name: string
  readonly here: boolean
  /** Under which keys the section keeps what is not saved. */
  readonly drafts: readonly string[]
}

function NavItem({ to, icon, name, here, drafts }: NavItemProps) {
  const unsaved = useIsUnsaved(...drafts)
  return (
    <li>
      <Link href={to} className={styles.place} aria-current={here ? 'page' : undefined}>
        {icon}
        <span className={styles.name}>{name}</span>
        {unsaved && (
          <span className={styles.unsaved} title="Not saved yet">
            <span className="visually-hidden">, not saved yet</span>
          </span>
        )}
      </Link>
    </li>
  )
}
