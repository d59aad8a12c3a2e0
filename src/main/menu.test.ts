import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, test, vi } from 'vitest'
import { menuActions, menuTemplate } from './menu.ts'

vi.mock('electron', async () => (await import('./testing/fake-electron.ts')).fakeElectron())

// The one page that is there with its screen; it needs a window.
vi.mock('../renderer/screens/issue-list/issue-list-page.tsx', () => ({ IssueListPage: () => null }))
// Past the type checker, to which the window is another project.
const windowSources = '../renderer/shell/all-actions.ts'
const { allActions } = (await import(windowSources)) as { allActions: readonly { id: string }[] }

function menu(platform: NodeJS.Platform, development = false) {
  const asked = { action: vi.fn(), openWindow: vi.fn(), revealWorkspace: vi.fn() }
  const template = menuTemplate({ ...asked, platform, development })
  const flat = (items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
    items.flatMap((item) => [item, ...flat(Array.isArray(item.submenu) ? item.submenu : [])])
  return { asked, items: flat(template) }
}
const click = (item: MenuItemConstructorOptions | undefined) => (item?.click as (() => void) | undefined)?.()

describe.each<NodeJS.Platform>(['linux', 'darwin', 'win32'])('the menu on %s', (platform) => {
  test('starts every action that it lists, and the window knows each of them', () => {
    const { asked, items } = menu(platform)
    for (const action of menuActions) {
      expect(allActions.map(({ id }) => id)).toContain(action)
      click(items.find(({ id }) => id === action))
      expect(asked.action).toHaveBeenLastCalledWith(action)
    }
  })

  test('gives no accelerator twice', () => {
    const accelerators = menu(platform).items.flatMap(({ accelerator }) => (accelerator ? [accelerator] : []))
    expect(new Set(accelerators).size).toBe(accelerators.length)
  })

  test('opens a window and shows the workspace’s folder', () => {
    const { asked, items } = menu(platform)
    click(items.find(({ id }) => id === 'new-window'))
    click(items.find(({ id }) => id === 'reveal-workspace'))
    expect(asked.openWindow).toHaveBeenCalledOnce()
    expect(asked.revealWorkspace).toHaveBeenCalledOnce()
  })

  test('offers the developer’s tools to developers only', () => {
    const roles = (development: boolean) => menu(platform, development).items.map(({ role }) => role)
    expect(roles(false)).not.toContain('toggleDevTools')
    expect(roles(true)).toContain('toggleDevTools')
  })
})
