import { Suspense, useEffect } from 'react'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import { navigate, useHashSearch } from '../lib/hash-location.ts'
import { issuesPath, presets } from '../lib/paths.ts'
import { preloadLater } from '../lib/preloadable.tsx'
import { undoLast } from '../lib/queries/undo.ts'
import { useUnreadBadge } from '../lib/queries/use-unread.ts'
import { type ActionHandlers, listenToKeys, runAction, useActions } from '../lib/shortcuts/action-handlers.ts'
import { isActionId } from '../lib/shortcuts/actions.ts'
import { showNotification } from '../lib/show-notification.ts'
import { setSheet, toggleSidebar, useSidebar } from '../lib/sidebar-state.ts'
import { screens } from '../screens/screens.ts'
import { Button } from '../ui/controls/button.tsx'
import { pickerCode } from '../ui/issues/use-issue-actions.tsx'
import { ViewState } from '../ui/page/view-state.tsx'
import { toggleTheme } from '../ui/theme/theme.ts'
import { allActions } from './all-actions.ts'
import { ConnectionBanner } from './connection-banner.tsx'
import styles from './frame.module.css'
import { NameQuestion } from './name-question.tsx'
import { Overlays, overlayCode, useOverlays } from './overlays.tsx'
import { Sidebar } from './sidebar/sidebar.tsx'
import { LazySyncPopover } from './sync/sync-line.tsx'
import { useSyncActions } from './sync/use-sync-actions.ts'
import { ToastRoom } from './toasts/toasts.tsx'
import { ViewBoundary } from './view-boundary.tsx'

/** Every screen is at hand soon after the start: going there waits for nothing, and needs no host to be there. */
const screenCode = screens.flatMap(({ code }) => code ?? [])

/** What the actions that lead to screens do. */
const ways: ActionHandlers = Object.fromEntries(
  screens
    .flatMap(({ navItems }) => navItems)
    .map(({ action, to }) => [typeof action === 'string' ? action : action.id, () => navigate(to)]),
)

/** Sidebar, view, and what lies over them. */
export function Frame() {
  const sidebar = useSidebar()
  const [location] = useLocation()
  const search = useHashSearch()
  const overlays = useOverlays()
  useUnreadBadge()
  useSyncActions()
  useEffect(() => listenToKeys(allActions), [])
  useEffect(() => preloadLater([...overlayCode, pickerCode, LazySyncPopover, ...screenCode]), [])
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
    ...ways,
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
                {screens.map(({ path, draw }) => (
                  <Route key={path} path={path}>
                    {(params) => draw(params, search)}
                  </Route>
                ))}
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
