import { describe, expect, it } from 'vitest'
import { actionList, viewNames } from './actions.ts'

describe('the key map', () => {
  it('gives no key twice in one view', () => {
    for (const view of Object.keys(viewNames)) {
      const here = actionList.filter(({ in: views }) => !views || views.some((each) => each === view))
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
    const placeless = actionList.filter(
      ({ in: views, group }) => !views && (group === 'List' || group === 'Board' || group === 'Issue'),
    )
    expect(placeless).toEqual([])
  })
})
