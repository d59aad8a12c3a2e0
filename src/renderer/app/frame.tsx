import { Suspense, useEffect } from 'react'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import { Button } from '../controls/button.tsx'
import { ViewState } from '../controls/view-state.tsx'
import { showNotification } from '../inbox/show-notification.ts'
import { useUnreadSigns } from '../inbox/use-unread.ts'
import { IssueListPage } from '../issue-list/issue-list-page.tsx'
import { pickerCode } from '../issue-list/use-issue-actions.tsx'
import { undoLast } from '../queries/undo.ts'
import { listenToKeys, runAction, useActions } from '../shortcuts/action-handlers.ts'
import { isActionId } from '../shortcuts/actions.ts'
import { Sidebar } from '../sidebar/sidebar.tsx'
import { setSheet, toggleSidebar, useSidebar } from '../sidebar/sidebar-state.ts'
import { SyncPopover } from '../sync/sync-line.tsx'
import { useSyncActions } from '../sync/use-sync-actions.ts'
import { toggleTheme } from '../theme/theme.ts'
import { ConnectionBanner } from './connection-banner.tsx'
import styles from './frame.module.css'
import { navigate, useHashSearch } from './hash-location.ts'
import { NameQuestion } from './name-question.tsx'
import { Overlays, overlayCode, useOverlays } from './overlays.tsx'
import {
  activityPath,
  boardPath,
  conflictsPath,
  deliveriesPath,
  inboxPath,
  issuesPath,
  peopleAndLabelsPath,
  presets,
  rulesPath,
  searchPath,
  settingsPath,
  teamPath,
} from './paths.ts'
import { preloadable, preloadLater } from './preloadable.tsx'
import { ToastRoom } from './toasts.tsx'
import { ViewBoundary } from './view-boundary.tsx'

const InboxPage = preloadable(async () => (await import('../inbox/inbox-page.tsx')).InboxPage)
const BoardPage = preloadable(async () => (await import('../board/board-page.tsx')).BoardPage)
const IssuePage = preloadable(async () => (await import('../issue-page/issue-page.tsx')).IssuePage)
const WorkspaceActivity = preloadable(
  async () => (await import('../activity/workspace-activity.tsx')).WorkspaceActivity,
)
const MemberActivity = preloadable(
  async () => (await import('../activity/member-activity.tsx')).MemberActivity,
)
const SearchPage = preloadable(async () => (await import('../search/search-page.tsx')).SearchPage)
const PeopleAndLabels = preloadable(
  async () => (await import('../labels-members/people-and-labels.tsx')).PeopleAndLabels,
)
const SettingsPage = preloadable(async () => (await import('../settings/settings-page.tsx')).SettingsPage)
const DeliveriesPage = preloadable(
  async () => (await import('../deliveries/deliveries-page.tsx')).DeliveriesPage,
)
const ConflictsPage = preloadable(async () => (await import('../conflicts/conflicts-page.tsx')).ConflictsPage)
const RulesPage = preloadable(async () => (await import('../rules/rules-page.tsx')).RulesPage)
const RulePage = preloadable(async () => (await import('../rules/rule-page.tsx')).RulePage)
/** Every view is at hand soon after the start: going there waits for nothing, and needs no host to be there. */
const viewCode = [
  IssuePage,
  InboxPage,
  BoardPage,
  SearchPage,
  WorkspaceActivity,
  MemberActivity,
  PeopleAndLabels,
  SettingsPage,
  DeliveriesPage,
  ConflictsPage,
  RulesPage,
  RulePage,
]

/** Sidebar, view, and what lies over them. */
export function Frame() {
  const sidebar = useSidebar()
  const [location] = useLocation()
  const search = useHashSearch()
  const overlays = useOverlays()
  useUnreadSigns()
  useSyncActions()
  useEffect(() => listenToKeys(), [])
  useEffect(() => preloadLater([...overlayCode, pickerCode, SyncPopover, ...viewCode]), [])
  useEffect(
    () =>
      window.docket.onMessage((message) => {
        if (message.kind === 'notification') showNotification(message.notification)
        if (message.kind === 'navigate') navigate(message.to.replace(/^#/, ''))
        if (message.kind === 'action' && isActionId(message.action)) runAction(message.action)
      }),
    [],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: going anywhere closes the sheet
  useEffect(() => setSheet(false), [location, search])
  useActions({
    'go.inbox': () => navigate(inboxPath),
    'go.mine': () => navigate(issuesPath(presets.mine)),
    'go.open': () => navigate(issuesPath(presets.open)),
    'go.closed': () => navigate(issuesPath(presets.closed)),
    'go.board': () => navigate(boardPath(presets.open)),
    'go.activity': () => navigate(activityPath),
    'go.people': () => navigate(peopleAndLabelsPath),
    'go.rules': () => navigate(rulesPath),
    'go.conflicts': () => navigate(conflictsPath()),
    'go.deliveries': () => navigate(deliveriesPath),
    'go.settings': () => navigate(settingsPath()),
    'go.team': () => navigate(teamPath),
    search: () => navigate(searchPath('')),
    undo: () => void undoLast(),
    'toggle-sidebar': toggleSidebar,
    'toggle-theme': toggleTheme,
    ...overlays.actions,
  })
  return (
    <div className={styles.frame} data-sidebar={sidebar}>
      <button type="button" className={styles.skip} onClick={() => document.getElementById('main')?.focus()}>
        Skip to the view
      </button>
      {sidebar === 'sheet' && <div className={styles.scrim} onClick={() => setSheet(false)} aria-hidden />}
      {sidebar !== 'hidden' && <Sidebar asSheet={sidebar === 'sheet'} />}
      <main id="main" className={styles.main} tabIndex={-1}>
        <ConnectionBanner />
        <NameQuestion />
        <div className={styles.view}>
          <ViewBoundary key={location}>
            <Suspense fallback={null}>
              <Switch>
                <Route path="/issues">
                  <IssueListPage query={search.get('q') ?? ''} />
                </Route>
                <Route path="/inbox">
                  <InboxPage show={search.get('show')} />
                </Route>
                <Route path="/board">
                  <BoardPage query={search.get('q') ?? ''} />
                </Route>
                <Route path="/issue/:key">
                  {({ key }) => <IssuePage key={key} issueKey={decodeURIComponent(key)} />}
                </Route>
                <Route path="/activity">
                  <WorkspaceActivity />
                </Route>
                <Route path="/member/:id">{({ id }) => <MemberActivity key={id} memberId={id} />}</Route>
                <Route path="/search">
                  <SearchPage text={search.get('text') ?? ''} />
                </Route>
                <Route path="/people-and-labels">
                  <PeopleAndLabels />
                </Route>
                <Route path="/settings/:section?">
                  {({ section }) => <SettingsPage section={section} />}
                </Route>
                <Route path="/deliveries">
                  <DeliveriesPage inbox={search.get('inbox')} state={search.get('state')} />
                </Route>
                <Route path="/conflicts">
                  <ConflictsPage
                    show={search.get('show')}
                    issueId={search.get('issue')}
                    eventId={search.get('event')}
                  />
                </Route>
                <Route path="/rules">
                  <RulesPage />
                </Route>
                <Route path="/rules/:id">{({ id }) => <RulePage key={id} ruleId={id} />}</Route>
                <Route path="/">
                  <Redirect to={issuesPath(presets.open)} replace />
                </Route>
                <Route>
                  <NoSuchPlace />
                </Route>
              </Switch>
            </Suspense>
          </ViewBoundary>
        </div>
        {sidebar !== 'docked' && <ToastRoom />}
      </main>
      <Overlays state={overlays} />
    </div>
  )
}

function NoSuchPlace() {
  return (
    <ViewState
      title="There is nothing at this address"
      actions={<Button onClick={() => navigate(issuesPath(presets.open))}>Show open issues</Button>}
    >
      The link may be from another workspace, or it was cut off when it was copied.
    </ViewState>
  )
}
