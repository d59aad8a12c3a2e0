import { join } from 'node:path'
import type { App, Session, Shell } from 'electron'
import { openAppService } from '#app/open-app-service.ts'
import { withInboxWorker } from '#app/with-inbox-worker.ts'
import { initWorkspace, logFile } from '#app/workspace/init-workspace.ts'
import { serveApp } from './app-protocol.ts'
import type { BuiltFiles } from './built-files.ts'
import { placeOfLink } from './deep-links.ts'
import { askAfterCrashes, confirmTrust, pickFile } from './dialogs.ts'
import { registerCalls } from './ipc.ts'
import type { LaunchOptions } from './launch-options.ts'
import { setApplicationMenu } from './menu.ts'
import { guardAllContents, guardSession } from './navigation-guard.ts'
import { drainBeforeQuit } from './quit.ts'
import { safeStorageSealer } from './safe-storage-sealer.ts'
import { systemNotifications } from './system-notifications.ts'
import { startUtilityWorker } from './utility-worker.ts'
import { createWindows, type Windows } from './windows.ts'

type Electron = {
  readonly app: App
  readonly session: { readonly defaultSession: Session }
  readonly shell: Shell
}

/** Opens the workspace, making it at the first start, and the window on it. @throws with a sentence where that can't be. */
export async function startDesktop(
  launch: LaunchOptions,
  { app, session, shell }: Electron,
  files: BuiltFiles,
): Promise<void> {
  const devServer = app.isPackaged ? null : (process.env.ELECTRON_RENDERER_URL ?? null)
  const devOrigin = devServer && new URL(devServer).origin
  const links = linksBeforeTheWindow(app, launch)
  guardAllContents(app, devOrigin)

  await app.whenReady()
  guardSession(session.defaultSession, devOrigin)
  serveApp(session.defaultSession, files.renderer)

  let windows: Windows | null = null
  const made = initWorkspace({ folder: launch.folder, migrations: files.migrations })
  if (!made.ok && made.error.code !== 'workspace_exists') throw new Error(made.error.message)
  const opened = await openAppService({
    folder: launch.folder,
    host: 'desktop',
    jobThread: files.jobThread,
    migrations: files.migrations,
    sealer: safeStorageSealer(),
    confirmTrust: async (own) => (windows ? confirmTrust(windows, own) : false),
    pickFile: async (purpose) => (windows ? pickFile(windows, purpose) : null),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  const service = withInboxWorker(opened.value, {
    start: () => startUtilityWorker(files.inboxWorker, logFile(launch.folder)),
    notify: systemNotifications((place) => windows?.show(place)),
  })
  const shown = createWindows({
    preload: files.preload,
    stateFile: join(app.getPath('userData'), 'window.json'),
    devServer,
    askAfterCrashes: () => (windows ? askAfterCrashes(windows) : Promise.resolve(false)),
    greeting: () => [service.worker.state],
  })
  windows = shown
  registerCalls(service, shown, devOrigin)
  service.onMessage(shown.send)
  service.onMessage((message) => {
    if (message.kind === 'inboxes') app.setBadgeCount(message.unread)
  })
  setApplicationMenu({
    platform: process.platform,
    development: devServer !== null,
    action(name) {
      shown.show()
      shown.sendToFront({ kind: 'action', action: name })
    },
    openWindow: () => void shown.open(),
    revealWorkspace: () => shell.showItemInFolder(logFile(launch.folder)),
  })
  drainBeforeQuit(app, () => service.close())
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  app.on('activate', () => {
    if (shown.all().length === 0) shown.open()
  })
  shown.open(links.take() ?? '')
  // Nobody may do anything for a while that has it told.
  app.setBadgeCount(service.inboxes.unread())
  links.from((place) => shown.show(place))
}

/** Links that come in, from the command line, a second start or the system, kept until there is a window to show them. */
function linksBeforeTheWindow(app: App, launch: LaunchOptions) {
  let waiting = launch.link && placeOfLink(launch.link)
  let show: ((place?: string) => void) | null = null
  const receive = (link: unknown) => {
    const place = typeof link === 'string' ? placeOfLink(link) : null
    if (show) show(place ?? undefined)
    else waiting = place ?? waiting
  }
  app.on('second-instance', (_event, _argv, _cwd, data) => receive((data as { link?: unknown } | null)?.link))
  app.on('open-url', (event, url) => {
    event.preventDefault()
    receive(url)
  })
  // Not from a checkout: the system would start Docket from there for ever after.
  if (app.isPackaged) app.setAsDefaultProtocolClient('docket')
  return {
    take: () => waiting,
    from(shower: (place?: string) => void) {
      show = shower
    },
  }
}
