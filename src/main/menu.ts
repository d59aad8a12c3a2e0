import { Menu, type MenuItemConstructorOptions } from 'electron'

export type MenuActions = {
  /** Asks the front window for one of its actions. */
  action(name: string): void
  openWindow(): void
  /** Shows the workspace's folder in the file manager. */
  revealWorkspace(): void
}

type MenuOptions = MenuActions & { readonly platform: NodeJS.Platform; readonly development: boolean }

/** The actions of the window that the menu starts; their names are the window's own. */
export const menuActions = [
  'new-issue',
  'import',
  'export',
  'search',
  'palette',
  'toggle-sidebar',
  'toggle-theme',
  'go.mine',
  'go.open',
  'go.closed',
  'go.board',
  'go.activity',
  'go.people',
  'verify',
  'rebuild',
  'shortcuts',
] as const
type MenuAction = (typeof menuActions)[number]

/** The application's menu as a template. Accelerators come after the page's own keys, which may take a key first. */
export function menuTemplate(options: MenuOptions): MenuItemConstructorOptions[] {
  const mac = options.platform === 'darwin'
  const item = (label: string, action: MenuAction, accelerator?: string): MenuItemConstructorOptions => ({
    id: action,
    label,
    click: () => options.action(action),
    ...(accelerator ? { accelerator } : {}),
  })
  const line: MenuItemConstructorOptions = { type: 'separator' }
  return [
    ...(mac ? [{ role: 'appMenu' as const }] : []),
    {
      label: '&File',
      submenu: [
        item('New Issue', 'new-issue', 'CmdOrCtrl+N'),
        {
          id: 'new-window',
          label: 'New Window',
          accelerator: 'CmdOrCtrl+Shift+N',
          click: () => options.openWindow(),
        },
        line,
        item('Import…', 'import', 'CmdOrCtrl+O'),
        item('Export…', 'export', 'CmdOrCtrl+Shift+E'),
        line,
        {
          id: 'reveal-workspace',
          label: mac ? 'Show Workspace in Finder' : 'Show Workspace Folder',
          click: () => options.revealWorkspace(),
        },
        line,
        { role: 'close' },
        ...(mac ? [] : [{ role: 'quit' as const }]),
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        item('Command Palette', 'palette', 'CmdOrCtrl+K'),
        item('Search', 'search', 'CmdOrCtrl+F'),
        line,
        item('Sidebar', 'toggle-sidebar', 'CmdOrCtrl+B'),
        item('Light or Dark', 'toggle-theme', 'CmdOrCtrl+Shift+L'),
        line,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(options.development
          ? [line, { role: 'reload' as const }, { role: 'toggleDevTools' as const }]
          : []),
      ],
    },
    {
      label: '&Go',
      submenu: [
        item('My Issues', 'go.mine', 'CmdOrCtrl+1'),
        item('Open Issues', 'go.open', 'CmdOrCtrl+2'),
        item('Recently Closed', 'go.closed', 'CmdOrCtrl+3'),
        item('Board', 'go.board', 'CmdOrCtrl+4'),
        item('Activity', 'go.activity', 'CmdOrCtrl+5'),
        item('People and Labels', 'go.people', 'CmdOrCtrl+6'),
      ],
    },
    {
      label: '&Workspace',
      submenu: [item('Verify the Log', 'verify'), item('Rebuild Projections', 'rebuild')],
    },
    ...(mac ? [{ role: 'windowMenu' as const }] : []),
    { role: 'help', label: '&Help', submenu: [item('Keyboard Shortcuts', 'shortcuts', 'CmdOrCtrl+/')] },
  ]
}

/** Puts the menu in its place. */
export function setApplicationMenu(options: MenuOptions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(options)))
}
