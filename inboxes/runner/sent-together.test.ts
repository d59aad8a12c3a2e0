import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { type DeliveringInbox, type Delivery, delivered, type Outcome, retry } from '../contract/inbox.ts'
import { runningInboxes } from '../testing/running.ts'

let world: ReturnType<typeof runningInboxes>
beforeEach(() => {
  world = runningInboxes()
})
afterEach(() => world.close())

type Sent = { readonly batch: string | undefined; readonly events: readonly string[] }

/** A digest that keeps what it was handed. */
const digest = (sent: Sent[], outcome: () => Promise<Outcome>): DeliveringInbox => ({
  name: 'digest',
  title: 'Digest',
  about: '',
  scope: 'own',
  onByDefault: true,
  settings: z.object({}),
  form: [],
  shouldProcess: ({ type }) => type === 'commented',
  gatherMillis: () => 3_600_000,
  handle: async () => expect.unreachable(),
  handleTogether(deliveries: readonly Delivery[]) {
    sent.push({ batch: deliveries[0]?.batch, events: deliveries.map(({ event }) => event.id) })
    return outcome()
  },
})

it('what a worker was sending as one when it died is sent as the same one again, and what came since by itself', async () => {
  const sent: Sent[] = []
  const before = world.run([digest(sent, () => new Promise(() => {}))])
  const issue = world.issue(3)
  void before.drain()
  await expect.poll(() => sent.length).toBe(1)
  await before.stop()
  const late = world.comment(issue, 'Later')

  const after = world.run([digest(sent, async () => delivered())])
  await after.drain()
  const [cut, again, rest] = sent
  expect(cut?.events).toHaveLength(3)
  expect(cut?.batch).toBeDefined()
  expect(again).toEqual(cut)
  expect(rest?.events).toEqual([late])
  expect(rest?.batch).not.toBe(cut?.batch)
  expect(sent).toHaveLength(3)
})

it('what failed as one comes due as one, without what came since', async () => {
  const sent: Sent[] = []
  const running = world.run([digest(sent, async () => (sent.length < 4 ? retry('Down') : delivered()))], {
    pace: { firstBackoffMillis: 20, longestBackoffMillis: 40 },
    circuit: { failures: 100, restMillis: 1 },
  })
  const issue = world.issue(5)
  await running.drain()
  world.comment(issue, 'Later')
  running.wake()
  await expect.poll(() => sent.length).toBe(4)
  expect(new Set(sent.map(({ batch }) => batch)).size).toBe(1)
  expect(sent.every(({ events }) => events.length === 5)).toBe(true)
})
