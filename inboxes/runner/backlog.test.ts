import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import Sqlite from 'better-sqlite3'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { type DeliveringInbox, delivered, type InlineInbox } from '../contract/inbox.ts'
import { runningInboxes } from '../testing/running.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const issues = 1_000
const perIssue = 100

let world: ReturnType<typeof runningInboxes>
beforeEach(() => {
  world = runningInboxes()
})
afterEach(() => world.close())

/** 100,000 events that count as recorded here, written as an import for its speed. */
function fill(): void {
  for (let n = 0; n < issues; n += 20)
    world.log.importStreams(
      Array.from({ length: 20 }, () => ({
        streamType: 'issue' as const,
        streamId: uuidv7(),
        events: Array.from({ length: perIssue }, (_, k) => ({
          id: uuidv7(),
          type: k === 0 ? 'created' : 'commented',
          data: k === 0 ? { title: 'One', status: 'open' } : { commentId: uuidv7(), body: `Comment ${k}` },
          actorId: world.me,
          occurredAt: k + 1,
        })),
      })),
    )
  // Inboxes pass imported history over, so that it has to look as if it had been recorded.
  const client = new Sqlite(`${world.folder}/log.db`)
  client.exec('DROP TRIGGER events_never_changed; UPDATE events SET origin = 0')
  client.close()
}

const described = { about: '', scope: 'own' as const, onByDefault: true, settings: z.object({}), form: [] }

it('a backlog of 100,000 events goes through in order and complete, with memory flat', async () => {
  fill()
  const versions = new Map<string, number>()
  let handled = 0
  let counted = 0
  const held: number[] = []
  const delivering: DeliveringInbox = {
    ...described,
    name: 'delivering',
    title: 'Delivering',
    pace: { concurrency: 32 },
    shouldProcess: (event) => event.type === 'commented',
    async handle({ event }) {
      handled += 1
      const before = versions.get(event.streamId) ?? 1
      if (event.streamVersion !== before + 1) throw new Error('out of order')
      versions.set(event.streamId, event.streamVersion)
      if (handled % 9_000 === 0) {
        collectGarbage()
        held.push(process.memoryUsage().heapUsed)
      }
      return delivered()
    },
  }
  const inline: InlineInbox = {
    ...described,
    name: 'inline',
    title: 'Inline',
    inline: true,
    shouldProcess: () => true,
    handle() {
      counted += 1
      return delivered()
    },
  }
  world.deliveryStore.ensure('delivering', 0, true)
  world.deliveryStore.ensure('inline', 0, true)
  await world.run([delivering, inline]).drain()
  expect(counted).toBe(issues * perIssue)
  expect(handled).toBe(issues * (perIssue - 1))
  expect([...versions.values()].every((version) => version === perIssue)).toBe(true)
  expect(held).toHaveLength(11)
  const [first = 0, ...rest] = held
  expect(Math.max(...rest) - first).toBeLessThan(40e6)
}, 300_000)
