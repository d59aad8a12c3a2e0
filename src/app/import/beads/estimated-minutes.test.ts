import { afterAll, expect, it } from 'vitest'
import { testFolder } from '../testing/collected-import.ts'
import { bead, change, creation, importOf as importFrom } from '../testing/source-records.ts'

const files = testFolder()
afterAll(() => files.dispose())
const importOf = importFrom(files)

it('estimated minutes of beads are hours', async () => {
  const read = await importOf(
    'beads',
    bead('x-1', { estimated_minutes: 90 }),
    bead('x-2', { estimated_minutes: 0 }),
    bead('x-3', { estimated_minutes: 'long' }),
    bead('x-4'),
  )
  expect(read.problems).toEqual([])
  expect(read.issues.get('x-1')).toMatchObject({ estimate: 1.5 })
  for (const id of ['x-2', 'x-3', 'x-4']) expect(read.issues.get(id)).not.toHaveProperty('estimate')
})

it('their changes over time are changes of the estimate', async () => {
  const read = await importOf(
    'beads-events',
    creation('x-1', { estimated_minutes: 60 }),
    change('x-1', 'estimated_minutes', 60, 240),
  )
  expect(
    read.eventsOf('x-1').flatMap(({ type, data }) => (type === 'estimate_changed' ? [data] : [])),
  ).toEqual([
    { from: null, to: 1 },
    { from: 1, to: 4 },
  ])
})
