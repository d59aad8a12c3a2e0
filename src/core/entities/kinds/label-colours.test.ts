import { expect, it } from 'vitest'
import { decideEntity, type Entities } from '../decide-entity.ts'
import type { EntityRow } from './entities.ts'

it('gives a new label the colour that the fewest have: twelve labels have twelve, and the next twelve again', () => {
  const labels = new Map<string, EntityRow<'label'>>()
  for (let at = 0; at < 24; at++) {
    const directory = { labels, projects: new Map(), members: new Map() } as unknown as Entities
    const decided = decideEntity(directory, {
      type: 'create_label',
      labelId: `label-${at}`,
      name: `Label ${at}`,
    } as never)
    if (!decided.ok) throw new Error(decided.error.message)
    const { name, colour } = (decided.value[0] as unknown as { data: EntityRow<'label'> }).data
    labels.set(`label-${at}`, { id: `label-${at}`, name, colour })
    if (at === 11) expect(new Set([...labels.values()].map((label) => label.colour)).size).toBe(12)
  }
  const uses = [...Map.groupBy(labels.values(), (label) => label.colour).values()].map((of) => of.length)
  expect(uses).toEqual(Array.from({ length: 12 }, () => 2))
})
