import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { emailInbox } from '../builtin/email/email.ts'
import { post } from '../builtin/email/smtp-post.ts'
import { webhooks } from '../builtin/webhooks/webhooks.ts'
import { type DeliveringInbox, delivered, notNow, retry } from '../contract/inbox.ts'
import { contextFor } from '../testing/inbox-context.ts'
import { runningInboxes } from '../testing/running.ts'

let world: ReturnType<typeof runningInboxes>
let server: Server | undefined
beforeEach(() => {
  world = runningInboxes()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await world.close()
  server?.close()
})

const members = Array.from({ length: 39 }, (_, n) => `member-${n}`)
const quick = { firstBackoffMillis: 1, longestBackoffMillis: 2, attempts: 1_000 }

function inbox(handle: DeliveringInbox['handle'], more: Partial<DeliveringInbox> = {}): DeliveringInbox {
  return {
    name: 'mail',
    title: 'Mail',
    about: '',
    scope: 'own',
    onByDefault: true,
    settings: z.object({}),
    form: [],
    shouldProcess: ({ type }) => type === 'commented',
    targets: () => members,
    handle,
    ...more,
  }
}

it('39 members at a mail server that is down cost it five connections before it is left alone', async () => {
  let connections = 0
  server = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { settings } = contextFor(emailInbox, {
    settings: { host: '127.0.0.1', port, security: 'none', from: 'docket@example.net' },
  })
  const letter = { from: 'Ada', subject: 'Hi', text: 'Hi', html: 'Hi', messageId: '<1@x>', headers: {} }
  const running = world.run([
    inbox(
      (_, { signal }) =>
        post(letter, { name: 'Grace', address: 'grace@example.org' }, settings, undefined, signal),
      {
        hostOf: (target, context) => emailInbox.hostOf?.(target, { ...context, settings }),
        ...(emailInbox.pace ? { pace: { ...emailInbox.pace, ...quick } } : {}),
      },
    ),
  ])
  world.issue(3)
  await running.drain()
  expect(world.deliveryStore.targets('mail')).toHaveLength(39)
  expect(connections).toBe(5)
})

it('a host that answers is left alone for the member alone whom it refuses', async () => {
  const heard = new Set<string>()
  const running = world.run(
    [
      inbox(
        async ({ target }) => {
          if (target === 'member-0') return notNow('Greylisted')
          heard.add(target)
          return delivered()
        },
        { hostOf: () => 'mail.example.org' },
      ),
    ],
    { pace: quick, circuit: { failures: 2, restMillis: 3_600_000 } },
  )
  world.issue(5)
  await running.drain()
  await expect.poll(() => heard.size).toBe(38)
  expect(world.deliveryStore.targets('mail')).toEqual(['member-0'])
})

it('members share what a host takes at a time in turn', async () => {
  const order: string[] = []
  let underWay = 0
  let most = 0
  const running = world.run(
    [
      inbox(
        async ({ target }) => {
          underWay += 1
          most = Math.max(most, underWay)
          await new Promise((resolve) => setImmediate(resolve))
          underWay -= 1
          order.push(target)
          return delivered()
        },
        { hostOf: () => 'mail.example.org' },
      ),
    ],
    { pace: { perHost: 2 } },
  )
  for (let n = 0; n < 20; n++) world.issue(1)
  await running.drain()
  expect(order).toHaveLength(20 * 39)
  expect(most).toBe(2)
  // Whoever came first has not had everything before the last had anything.
  expect(new Set(order.slice(0, order.length / 2)).size).toBe(39)
})

it('endpoints of webhooks share their host', () => {
  const endpoint = (id: string, url: string) => ({ id, name: id, url, enabled: true })
  const context = contextFor(webhooks, {
    settings: {
      endpoints: [
        endpoint('a', 'https://hooks.example.org/a'),
        endpoint('b', 'https://hooks.example.org/b'),
        endpoint('c', 'https://hooks.example.org:8443/c'),
      ],
    },
  })
  expect(['a', 'b', 'c', 'gone'].map((id) => webhooks.hostOf?.(id, context))).toEqual([
    'hooks.example.org',
    'hooks.example.org',
    'hooks.example.org:8443',
    undefined,
  ])
})

it('a clock that is set back does not make a rest longer', async () => {
  let shift = 0
  const real = Date.now
  vi.spyOn(Date, 'now').mockImplementation(() => real() + shift)
  let works = false
  let tried = 0
  const running = world.run(
    [
      inbox(
        async () => {
          tried += 1
          return works ? delivered() : retry('Down')
        },
        { targets: () => ['one'] },
      ),
    ],
    {
      now: () => Date.now(),
      pace: { ...quick, concurrency: 1 },
      circuit: { failures: 3, restMillis: 300 },
    },
  )
  for (let n = 0; n < 5; n++) world.issue(1)
  running.wake()
  await expect.poll(() => tried).toBe(3)
  shift = -3_600_000
  works = true
  running.wake()
  // A postponed delivery waits by the clock on the wall; the worker sees to that (run-worker.test.ts). Two were never tried.
  await expect.poll(() => tried, { timeout: 5_000 }).toBeGreaterThanOrEqual(5)
})
