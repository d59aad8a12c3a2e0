import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { type DeliveringInbox, delivered, type InlineInbox } from '#inboxes/contract/inbox.ts'
import { deliveryLog } from '#inboxes/store/delivery-log.ts'
import { runningInboxes } from '#inboxes/testing/running.ts'

let world: ReturnType<typeof runningInboxes>
beforeEach(() => {
  world = runningInboxes()
})
afterEach(() => world.close())

let works = false
const described = {
  title: 'One',
  about: '',
  scope: 'own' as const,
  onByDefault: true,
  settings: z.object({}),
  form: [],
}
const commented = ({ type }: { readonly type: string }): boolean => {
  if (type !== 'commented') return false
  if (!works) throw new Error('no idea')
  return true
}

it('a dead letter of an inbox that failed to look at an event is looked at again when it is replayed', async () => {
  works = false
  const sent: string[] = []
  const kept: string[] = []
  const single: DeliveringInbox = {
    ...described,
    name: 'single',
    shouldProcess: commented,
    handle: async ({ target }) => {
      sent.push(target)
      return delivered()
    },
  }
  const several: DeliveringInbox = { ...single, name: 'several', targets: () => ['ada', 'grace'] }
  const inline: InlineInbox = {
    ...described,
    name: 'inline',
    inline: true,
    shouldProcess: commented,
    handle(event) {
      kept.push(event.id)
      return delivered()
    },
  }
  const log = deliveryLog(world.inboxDatabase, Date.now)
  const running = world.run([single, several, inline])
  world.issue(1)
  await running.drain()
  const dead = () => log.list({ state: 'dead', limit: 10 }).rows.map(({ inbox }) => inbox)
  expect(dead().toSorted()).toEqual(['inline', 'several', 'single'])

  // Still not mended: dead again, with that attempt to be read.
  expect(log.replay({ all: true })).toBe(3)
  running.refresh()
  await running.drain()
  expect(dead()).toHaveLength(3)
  expect(log.list({ state: 'dead', limit: 10 }).rows[0]?.log.at(-1)?.detail).toMatch(/no idea/)

  works = true
  expect(log.replay({ all: true })).toBe(3)
  running.refresh()
  await running.drain()
  expect(dead()).toEqual([])
  expect(sent.toSorted()).toEqual(['ada', 'grace', 'single'])
  expect(kept).toHaveLength(1)
  expect(log.list({ state: 'waiting', limit: 10 }).rows).toEqual([])

  // Once is enough.
  running.refresh()
  await running.drain()
  expect(sent).toHaveLength(3)
  expect(kept).toHaveLength(1)
})
