import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { delivered, type InlineInbox } from '../contract/inbox.ts'
import { runningInboxes } from '../testing/running.ts'

let world: ReturnType<typeof runningInboxes>
beforeEach(() => {
  world = runningInboxes()
})
afterEach(() => world.close())

const batch = 10

/** An inbox that is told of every event it looks at. */
const looking = (name: string, onLook: (position: number) => void): InlineInbox => ({
  name,
  title: name,
  about: '',
  scope: 'all',
  onByDefault: true,
  inline: true,
  settings: z.object({}),
  form: [],
  shouldProcess(event) {
    onLook(event.position)
    return true
  },
  handle: () => delivered(),
})

it('an inbox that is far behind costs the others one batch of its own, not its whole backlog', async () => {
  const issue = world.issue(399)
  world.deliveryStore.ensure('behind', 0, true)
  let lookedAt = 0
  const seenAfter: number[] = []
  const running = world.run(
    [
      looking('behind', () => {
        lookedAt += 1
        if (lookedAt === 50) world.comment(issue, 'New')
      }),
      looking('ahead', () => seenAfter.push(lookedAt)),
    ],
    { batch },
  )
  await running.drain()
  expect(lookedAt).toBe(401)
  expect(seenAfter).toHaveLength(1)
  expect(seenAfter[0]).toBeLessThanOrEqual(50 + batch)
})

it('inboxes at the same place share one reading, and those that meet go on together', async () => {
  world.issue(99)
  for (const [name, position] of [
    ['first', 0],
    ['second', 0],
    ['third', 45],
  ] as const)
    world.deliveryStore.ensure(name, position, true)
  const seen: Record<string, number[]> = { first: [], second: [], third: [], fourth: [] }
  const reads: number[] = []
  const running = world.run(
    Object.entries(seen).map(([name, positions]) => looking(name, (position) => positions.push(position))),
    {
      batch,
      reader: {
        ...world.reader,
        after(position, limit) {
          reads.push(position)
          return world.reader.after(position, limit)
        },
      },
    },
  )
  await running.drain()
  const from = (start: number) => Array.from({ length: 100 - start }, (_, n) => start + n + 1)
  expect(seen).toEqual({ first: from(0), second: from(0), third: from(45), fourth: [] })
  // One reading for the two that stand together, one for the third, whose stretch is shorter.
  expect(reads.length).toBe(100 / batch + Math.ceil(55 / batch))
})
