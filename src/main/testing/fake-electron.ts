import { EventEmitter } from 'node:events'

// The far edge of the desktop host: as much of Electron as it touches, with what was asked of it kept for tests to look at.
// Use it with `vi.mock('electron', async () => (await import('./testing/fake-electron.ts')).fakeElectron())`.

type Handler = (...args: never[]) => unknown

export class FakeFrame {
  url: string
  constructor(url: string) {
    this.url = url
  }
}

export class FakeWebContents extends EventEmitter {
  mainFrame = new FakeFrame('about:blank')
  readonly sent: { readonly channel: string; readonly message: unknown }[] = []
  reloads = 0
  crashed = false
  windowOpenHandler: ((details: { url: string }) => { action: string }) | null = null
  send(channel: string, message: unknown): void {
    this.sent.push({ channel, message })
  }
  reload(): void {
    this.reloads += 1
  }
  isCrashed(): boolean {
    return this.crashed
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler
  }
}

export class FakeBrowserWindow extends EventEmitter {
  static made: FakeBrowserWindow[] = []
  readonly webContents = new FakeWebContents()
  readonly options: Record<string, unknown> & { webPreferences: Record<string, unknown> }
  bounds = { x: 0, y: 0, width: 800, height: 600 }
  shown = 0
  focused = 0
  maximised = false
  minimised = false
  destroyed = false
  constructor(options: FakeBrowserWindow['options']) {
    super()
    this.options = options
    const { x = 0, y = 0, width = 800, height = 600 } = options as Partial<FakeBrowserWindow['bounds']>
    this.bounds = { x, y, width, height }
    FakeBrowserWindow.made.push(this)
    fake.app.emit('web-contents-created', {}, this.webContents)
  }
  async loadURL(url: string): Promise<void> {
    this.webContents.mainFrame.url = url
  }
  show(): void {
    this.shown += 1
  }
  focus(): void {
    this.focused += 1
    this.emit('focus')
  }
  maximize(): void {
    this.maximised = true
  }
  restore(): void {
    this.minimised = false
  }
  isMinimized(): boolean {
    return this.minimised
  }
  isMaximized(): boolean {
    return this.maximised
  }
  isFullScreen(): boolean {
    return false
  }
  isDestroyed(): boolean {
    return this.destroyed
  }
  getNormalBounds(): FakeBrowserWindow['bounds'] {
    return this.bounds
  }
  destroy(): void {
    this.destroyed = true
    this.emit('closed')
  }
  /** As a person closes it. */
  close(): void {
    this.emit('close')
    this.destroy()
  }
}

/** Stands for one process; what it is sent is kept. */
export class FakeUtilityProcess extends EventEmitter {
  static made: FakeUtilityProcess[] = []
  readonly sent: unknown[] = []
  readonly args: readonly string[]
  constructor(args: readonly string[]) {
    super()
    this.args = args
    FakeUtilityProcess.made.push(this)
  }
  postMessage(message: unknown): void {
    this.sent.push(message)
    if ((message as { kind?: string }).kind === 'stop') queueMicrotask(() => this.emit('exit', 0))
  }
  kill(): boolean {
    queueMicrotask(() => this.emit('exit', 1))
    return true
  }
}

/** What the system would show; `click` is a person's. */
export class FakeNotification extends EventEmitter {
  static made: FakeNotification[] = []
  static supported = true
  static isSupported = (): boolean => FakeNotification.supported
  readonly options: { readonly title: string; readonly body: string }
  state: 'made' | 'shown' | 'closed' = 'made'
  constructor(options: FakeNotification['options']) {
    super()
    this.options = options
    FakeNotification.made.push(this)
  }
  show(): void {
    this.state = 'shown'
  }
  close(): void {
    this.state = 'closed'
  }
}

class FakeApp extends EventEmitter {
  isPackaged = false
  badge = 0
  setBadgeCount(count: number): boolean {
    this.badge = count
    return true
  }
  quits = 0
  readonly paths = new Map<string, string>()
  async whenReady(): Promise<void> {}
  getPath(name: string): string {
    return this.paths.get(name) ?? `/nowhere/${name}`
  }
  /** As Electron does: asks first, and ends unless somebody holds it back. */
  quit(): void {
    let held = false
    this.emit('will-quit', {
      preventDefault: () => {
        held = true
      },
    })
    if (!held) {
      this.quits += 1
      this.emit('quit')
    }
  }
}

class FakeSession extends EventEmitter {
  permissionRequest: Handler | null = null
  permissionCheck: Handler | null = null
  devicePermission: Handler | null = null
  headersReceived: Handler | null = null
  readonly protocols = new Map<string, (request: Request) => Promise<Response>>()
  readonly protocol = {
    handle: (scheme: string, handler: (request: Request) => Promise<Response>) =>
      void this.protocols.set(scheme, handler),
  }
  readonly webRequest = {
    onHeadersReceived: (handler: Handler) => {
      this.headersReceived = handler
    },
  }
  setPermissionRequestHandler(handler: Handler): void {
    this.permissionRequest = handler
  }
  setPermissionCheckHandler(handler: Handler): void {
    this.permissionCheck = handler
  }
  setDevicePermissionHandler(handler: Handler): void {
    this.devicePermission = handler
  }
}

const workArea = { x: 0, y: 0, width: 1_920, height: 1_080 }

function surroundings() {
  return {
    app: new FakeApp(),
    defaultSession: new FakeSession(),
    handlers: new Map<string, (event: unknown, input: unknown) => Promise<unknown>>(),
    privileged: [] as unknown[],
    openedOutside: [] as string[],
    revealed: [] as string[],
    menu: null as unknown,
    /** Whether the system has a keychain. */
    keychain: true,
    workAreas: [workArea],
    /** What message boxes said. */
    asked: [] as { readonly detail?: string }[],
    /** What the next dialogs answer. */
    answers: { open: [] as string[], save: null as string | null, button: 0 },
  }
}

/** What Electron was asked to do so far. */
export let fake = surroundings()

/** A fresh Electron for the next test. */
export function resetFakeElectron(): void {
  fake = surroundings()
  FakeBrowserWindow.made = []
  FakeUtilityProcess.made = []
  FakeNotification.made = []
  FakeNotification.supported = true
}

/** The module that stands in for `electron`. */
export function fakeElectron() {
  return {
    BrowserWindow: FakeBrowserWindow,
    Notification: FakeNotification,
    safeStorage: {
      isEncryptionAvailable: () => fake.keychain,
      encryptString: (text: string) => Buffer.from(`sealed:${text}`),
      decryptString(sealed: Buffer) {
        const text = sealed.toString()
        if (!text.startsWith('sealed:')) throw new Error('sealed elsewhere')
        return text.slice('sealed:'.length)
      },
    },
    ipcMain: {
      handle(channel: string, handler: (event: unknown, input: unknown) => Promise<unknown>) {
        if (fake.handlers.has(channel)) throw new Error(`a second handler for ${channel}`)
        fake.handlers.set(channel, handler)
      },
      removeHandler: (channel: string) => void fake.handlers.delete(channel),
    },
    protocol: { registerSchemesAsPrivileged: (schemes: unknown[]) => void fake.privileged.push(...schemes) },
    shell: {
      openExternal: async (url: string) => void fake.openedOutside.push(url),
      showItemInFolder: (path: string) => void fake.revealed.push(path),
    },
    nativeTheme: { shouldUseDarkColors: false },
    screen: {
      getPrimaryDisplay: () => ({ workArea: fake.workAreas[0] }),
      getAllDisplays: () => fake.workAreas.map((area) => ({ workArea: area })),
    },
    Menu: {
      buildFromTemplate: (template: unknown) => template,
      setApplicationMenu(menu: unknown) {
        fake.menu = menu
      },
    },
    dialog: {
      showOpenDialog: async () => ({
        canceled: fake.answers.open.length === 0,
        filePaths: fake.answers.open,
      }),
      showSaveDialog: async () => ({
        canceled: fake.answers.save === null,
        filePath: fake.answers.save ?? '',
      }),
      showMessageBox: async (...given: unknown[]) => {
        fake.asked.push(given.at(-1) as { detail?: string })
        return { response: fake.answers.button }
      },
    },
    utilityProcess: { fork: (_file: string, args: readonly string[]) => new FakeUtilityProcess(args) },
  }
}
