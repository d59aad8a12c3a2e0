import { BrowserWindow, nativeTheme, screen } from 'electron'
import type { HostMessage } from '#contract/answers/answers.ts'
import { appUrl } from './app-protocol.ts'
import { messageChannel } from './channels.ts'
import { crashRecovery } from './crash-recovery.ts'
import { minimumSize, readWindowState, visibleBounds, writeWindowState } from './window-state.ts'

export type WindowsOptions = {
  /** The built preload script. */
  readonly preload: string
  /** File that keeps where the window was. */
  readonly stateFile: string
  /** Address of Vite's server while developing. */
  readonly devServer: string | null
  /** Asked when a page died too often; `false` closes it. */
  readonly askAfterCrashes: () => Promise<boolean>
  /** Messages that a page must have from the start, whenever it is loaded. */
  readonly greeting: () => readonly HostMessage[]
}

/** The app's windows, which all show the same workspace. */
export type Windows = {
  all(): readonly BrowserWindow[]
  /** The one that has the focus, or had it last. */
  front(): BrowserWindow | null
  /** @param place in the window, such as `/issue/DOC-42`. */
  open(place?: string): BrowserWindow
  /** Brings the front window before the person, opening one if there is none, and shows a place in it. */
  show(place?: string): void
  send(message: HostMessage): void
  sendToFront(message: HostMessage): void
}

/** How long the window's place must rest before it is kept, in milliseconds. */
const restMillis = 500
/** The `--surface` of the themes, so that a window does not flash before its page is painted. */
const backgrounds = { light: '#ffffff', dark: '#16171a' }
/** A second window is set off from the first by this many pixels. */
const cascade = 28

/** No window is open yet. The app must be ready. */
export function createWindows(options: WindowsOptions): Windows {
  const open = new Set<BrowserWindow>()
  let front: BrowserWindow | null = null

  function openWindow(place = ''): BrowserWindow {
    const kept = readWindowState(options.stateFile)
    const screens = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea)
    const beside = front?.getNormalBounds()
    const wanted = beside ? { ...beside, x: beside.x + cascade, y: beside.y + cascade } : kept.bounds
    const window = new BrowserWindow({
      ...visibleBounds(wanted, screens),
      minWidth: minimumSize.width,
      minHeight: minimumSize.height,
      title: 'Docket',
      show: false,
      backgroundColor: nativeTheme.shouldUseDarkColors ? backgrounds.dark : backgrounds.light,
      fullscreen: !beside && kept.fullScreen,
      webPreferences: {
        preload: options.preload,
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        webviewTag: false,
        navigateOnDragDrop: false,
        safeDialogs: true,
        spellcheck: true,
      },
    })
    if (!beside && kept.maximised) window.maximize()
    open.add(window)
    front = window

    window.once('ready-to-show', () => window.show())
    window.on('focus', () => {
      front = window
    })
    keepPlace(window, options.stateFile)
    recover(window, options.askAfterCrashes)
    window.webContents.on('did-finish-load', () => {
      for (const message of options.greeting()) sendTo(window, message)
    })
    window.on('closed', () => {
      open.delete(window)
      if (front === window) front = [...open].at(-1) ?? null
    })
    const page = options.devServer ?? appUrl
    void window.loadURL(place ? `${page}#${place}` : page).catch(() => {
      // A load that was overtaken by another, or a closed window; a dead page is told of by `render-process-gone`.
    })
    return window
  }

  return {
    all: () => [...open],
    front: () => front,
    open: openWindow,
    show(place) {
      if (!front) {
        openWindow(place)
        return
      }
      if (front.isMinimized()) front.restore()
      front.show()
      front.focus()
      if (place) sendTo(front, { kind: 'navigate', to: place })
    },
    send(message) {
      for (const window of open) sendTo(window, message)
    },
    sendToFront(message) {
      if (front) sendTo(front, message)
    },
  }
}

function sendTo(window: BrowserWindow, message: HostMessage): void {
  if (!window.isDestroyed() && !window.webContents.isCrashed())
    window.webContents.send(messageChannel, message)
}

function keepPlace(window: BrowserWindow, file: string): void {
  let resting: NodeJS.Timeout | undefined
  const keep = () => {
    clearTimeout(resting)
    if (window.isDestroyed() || window.isMinimized()) return
    writeWindowState(file, {
      bounds: window.getNormalBounds(),
      maximised: window.isMaximized(),
      fullScreen: window.isFullScreen(),
    })
  }
  const later = () => {
    clearTimeout(resting)
    resting = setTimeout(keep, restMillis)
  }
  window.on('resize', later)
  window.on('move', later)
  window.on('maximize', later)
  window.on('unmaximize', later)
  window.on('close', keep)
  window.on('closed', () => clearTimeout(resting))
}

function recover(window: BrowserWindow, ask: () => Promise<boolean>): void {
  const recovery = crashRecovery()
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    console.error(`the window’s process is gone: ${reason}, exit code ${exitCode}`)
    if (recovery.crashed(Date.now()) === 'reload') {
      window.webContents.reload()
      return
    }
    void ask().then((again) => {
      if (window.isDestroyed()) return
      if (again) window.webContents.reload()
      else window.destroy()
    })
  })
}
