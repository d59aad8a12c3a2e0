import { expect, it } from 'vitest'
import { byName } from './by-name.ts'

it('counts: a smaller number comes first, and case and accents part nothing', () => {
  const names = ['label-10', 'zoo', 'Émile', 'label-2', 'eve', 'Label-1', 'emil']
  expect(
    names
      .map((name) => ({ name }))
      .sort(byName)
      .map(({ name }) => name),
  ).toEqual(['emil', 'Émile', 'eve', 'Label-1', 'label-2', 'label-10', 'zoo'])
})
