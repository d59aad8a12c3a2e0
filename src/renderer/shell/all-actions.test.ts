import { describe, expect, it, vi } from 'vitest'
import { actionGroups, viewNames } from '../lib/shortcuts/action-entry.ts'
import { screens } from '../screens/screens.ts'
import { allActions } from './all-actions.ts'

// The one page that is there with its screen; it needs a window.
vi.mock('../screens/issue-list/issue-list-page.tsx', () => ({ IssueListPage: () => null }))

describe('the key map', () => {
  it('gives no key twice in one view', () => {
    for (const view of Object.keys(viewNames)) {
      const here = allActions.filter(({ in: views }) => !views || views.some((each) => each === view))
      const owners = new Map<string, string[]>()
      for (const { id, keys } of here)
        for (const key of keys) owners.set(key, [...(owners.get(key) ?? []), id])
      expect(
        [...owners].filter(([, ids]) => ids.length > 1),
        view,
      ).toEqual([])
    }
  })

  it('names a view for every action of a list, a board or an issue', () => {
    const placeless = allActions.filter(
      ({ in: views, group }) => !views && (group === 'List' || group === 'Board' || group === 'Issue'),
    )
    expect(placeless).toEqual([])
  })
  it('has an action, a key and a place for every screen that says so, each once', () => {
    const navItems = screens.flatMap((screen) => screen.navItems)
    for (const { action, to } of navItems) {
      const id = typeof action === 'string' ? action : action.id
      expect(
        allActions.filter((each) => each.id === id),
        to,
      ).toHaveLength(1)
    }
    expect(new Set(screens.map(({ path }) => path)).size).toBe(screens.length)
  })

  it('names the ways in the order of the groups', () => {
    expect([...new Set(allActions.map(({ group }) => group))]).toEqual(actionGroups)
  })
})
