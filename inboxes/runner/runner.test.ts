import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import {
  type DeliveringInbox,
  type Delivery,
  delivered,
  giveUp,
  type Outcome,
  retry,
  skip,
} from '../contract/inbox.ts'
import { runningInboxes } from '../testing/running.ts'

type Running = ReturnType<typeof runningInboxes>
let world: Running
beforeEach(() => {
  world = runningInboxes()
})
afterEach(async () => {
  vi.useRealTimers()
  await world.close()
})

/** An inbox that hands every comment to `handle`. */
function inbox(
  name: string,
  handle: (delivery: Delivery, signal: AbortSignal) => Promise<Outcome>,
  more: Partial<DeliveringInbox> = {},
): DeliveringInbox {
  return {
    name,
    title: name,
    about: '',
    scope: 'own',
    onByDefault: true,
    settings: z.object({}),
    form: [],
    shouldProcess: (event) => event.type === 'commented',
    handle: (delivery, { signal }) => handle(delivery, signal),
    ...more,
  }
}

type DeliveryRow = { state: number; attempts: number; detail: string | null; target: string; inbox: string }
const rows = (): DeliveryRow[] =>
  world.inboxDatabase.client
    .prepare('SELECT state, attempts, detail, target, inbox FROM deliveries ORDER BY id')
    .all() as DeliveryRow[]
const quick = { firstBackoffMillis: 2, longestBackoffMillis: 5, attempts: 4, timeoutMillis: 2_000 }
const noCircuit = { failures: 1_000_000, restMillis: 1 }

describe('the runner', () => {
  it('hands each event on once, from the moment an inbox is new, with a key that is the same for the same event, inbox and target', async () => {
    world.issue(2)
    const seen: Delivery[] = []
    const first = world.run([
      inbox('one', async (delivery) => {
        seen.push(delivery)
        return delivered()
      }),
    ])
    const id = world.issue(3)
    await first.drain()
    expect(seen.map(({ event }) => [event.streamId, event.streamVersion])).toEqual([
      [id, 2],
      [id, 3],
      [id, 4],
    ])
    expect(new Set(seen.map(({ key }) => key)).size).toBe(3)
    await first.stop()
    await world.run([inbox('one', async () => expect.unreachable())]).drain()
    expect(rows().map(({ state }) => state)).toEqual([1, 1, 1])
  })

  it('keeps the order of an issue for a target, while other issues go on beside a failing one', async () => {
    const order: string[] = []
    let failures = 3
    const started = world.run(
      [
        inbox('one', async ({ event }) => {
          const { body } = event.data as { body: string }
          if (body === 'Comment 0' && event.streamId === stuck && failures-- > 0) return retry('Not now')
          order.push(`${event.streamId === stuck ? 'stuck' : 'free'} ${body}`)
          return delivered()
        }),
      ],
      {
        pace: { ...quick, firstBackoffMillis: 60, longestBackoffMillis: 120 },
        circuit: noCircuit,
        random: () => 0.99,
      },
    )
    const stuck = world.issue(3)
    world.issue(3)
    started.wake()
    await expect.poll(() => order.length).toBe(6)
    expect(order.filter((line) => line.startsWith('stuck'))).toEqual([
      'stuck Comment 0',
      'stuck Comment 1',
      'stuck Comment 2',
    ])
    expect(order.slice(0, 3).every((line) => line.startsWith('free'))).toBe(true)
  })

  it('an inbox that hangs delays no other, and is cut off when its time is up', async () => {
    const quickly: string[] = []
    const aborted: boolean[] = []
    const started = world.run(
      [
        inbox('hangs', (_, signal) => {
          signal.addEventListener('abort', () => aborted.push(true))
          return new Promise(() => {})
        }),
        inbox('quick', async ({ key }) => {
          quickly.push(key)
          return delivered()
        }),
      ],
      { pace: { ...quick, attempts: 1, timeoutMillis: 300 }, circuit: noCircuit },
    )
    world.issue(1)
    started.wake()
    await expect.poll(() => quickly.length).toBe(1)
    expect(rows().find((row) => row.inbox === 'hangs')?.state).toBe(0)
    await expect.poll(() => rows().find((row) => row.inbox === 'hangs')?.state).toBe(3)
    expect(rows().find((row) => row.inbox === 'hangs')?.detail).toMatch(/No answer within/)
    expect(aborted).toEqual([true])
  })

  it('a dead letter keeps every attempt; giving up, skipping and throwing are told apart', async () => {
    const outcomes: Record<string, () => Promise<Outcome>> = {
      fails: async () => retry('Status 500'),
      refuses: async () => giveUp('Status 400'),
      passes: async () => skip('Quiet hours'),
      throws: async () => {
        throw new Error('It broke')
      },
    }
    const started = world.run(
      Object.entries(outcomes).map(([name, outcome]) => inbox(name, outcome)),
      { pace: quick, circuit: noCircuit },
    )
    world.issue(1)
    started.wake()
    await expect.poll(() => rows().every((row) => row.state !== 0) && rows().length).toBe(4)
    const of = (name: string) => rows().find((row) => row.inbox === name)
    expect(of('fails')).toMatchObject({ state: 3, attempts: 4, detail: 'Status 500' })
    expect(of('refuses')).toMatchObject({ state: 3, attempts: 1, detail: 'Status 400' })
    expect(of('passes')).toMatchObject({ state: 2, attempts: 1, detail: 'Quiet hours' })
    expect(of('throws')).toMatchObject({ state: 3, attempts: 4, detail: 'It broke' })
    const attempts = world.inboxDatabase.client
      .prepare(
        `SELECT number, outcome, attempts.detail FROM attempts JOIN deliveries ON deliveries.id = delivery WHERE inbox = 'fails' ORDER BY number`,
      )
      .all()
    expect(attempts).toEqual(
      [1, 2, 3, 4].map((number) => ({ number, outcome: 'retry', detail: 'Status 500' })),
    )
  })

  it('waits as long as the receiver asks', async () => {
    const times: number[] = []
    const started = world.run(
      [
        inbox('one', async () => {
          times.push(Date.now())
          return times.length === 1 ? retry('Status 429', 400) : delivered()
        }),
      ],
      { pace: quick, circuit: noCircuit },
    )
    world.issue(1)
    started.wake()
    await expect.poll(() => times.length).toBe(2)
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(400)
  })

  it('leaves a target alone after failures in a row, probes it with one, and goes on when it works again', async () => {
    let works = false
    let tried = 0
    const started = world.run(
      [
        inbox('one', async () => {
          tried += 1
          return works ? delivered() : retry('Connection refused')
        }),
      ],
      { pace: { ...quick, attempts: 1_000, concurrency: 1 }, circuit: { failures: 3, restMillis: 400 } },
    )
    for (let n = 0; n < 20; n++) world.issue(1)
    started.wake()
    await expect.poll(() => tried).toBe(3)
    await vi.waitFor(() => expect(tried).toBe(4), { timeout: 3_000 })
    works = true
    await expect.poll(() => rows().filter((row) => row.state === 1).length, { timeout: 5_000 }).toBe(20)
    // 20 that worked, 3 and the probes that did not: the outage cost a handful of tries, not one an issue.
    expect(tried).toBeLessThan(30)
  })

  it('imported history is never handed on', async () => {
    const seen: string[] = []
    const started = world.run([
      inbox('one', async ({ key }) => {
        seen.push(key)
        return delivered()
      }),
    ])
    world.log.importStreams([
      {
        streamType: 'issue',
        streamId: '00000000-0000-7000-8003-000000000001',
        events: [
          {
            id: '00000000-0000-7000-8003-000000000002',
            type: 'created',
            data: { title: 'Old', status: 'open' },
            actorId: world.me,
            occurredAt: 1,
          },
          {
            id: '00000000-0000-7000-8003-000000000003',
            type: 'commented',
            data: { commentId: '00000000-0000-7000-8003-000000000004', body: 'Old' },
            actorId: world.me,
            occurredAt: 2,
          },
        ],
      },
    ])
    world.issue(1)
    await started.drain()
    expect(seen).toHaveLength(1)
  })

  it('an inbox that fails to look at an event has a dead letter, and the others go on', async () => {
    const seen: string[] = []
    const started = world.run([
      inbox('broken', async () => delivered(), {
        shouldProcess: () => {
          throw new Error('no idea')
        },
      }),
      inbox('sound', async ({ key }) => {
        seen.push(key)
        return delivered()
      }),
    ])
    world.issue(1)
    await started.drain()
    expect(seen).toHaveLength(1)
    expect(rows().filter((row) => row.inbox === 'broken')).toEqual(
      [0, 1].map(() => expect.objectContaining({ state: 3, detail: expect.stringContaining('no idea') })),
    )
  })

  it('gathers what comes within its time into one delivery', async () => {
    const together: number[] = []
    const started = world.run([
      inbox('digest', async () => delivered(), {
        gatherMillis: () => 300,
        handleTogether: async (deliveries) => {
          together.push(deliveries.length)
          return delivered()
        },
      }),
    ])
    world.issue(5)
    started.wake()
    await expect.poll(() => rows().length).toBe(5)
    expect(together).toEqual([])
    await expect.poll(() => together).toEqual([5])
    await expect.poll(() => rows().map((row) => row.state)).toEqual([1, 1, 1, 1, 1])
  })

  it('a clock that was set back makes nothing wait longer than it was meant to', async () => {
    let works = false
    const started = world.run([inbox('one', async () => (works ? delivered() : retry('Later', 1_000)))], {
      pace: { ...quick, attempts: 10 },
      circuit: noCircuit,
    })
    world.issue(1)
    started.wake()
    await expect.poll(() => rows()[0]?.attempts).toBe(1)
    works = true
    // A clock an hour back is a row that was written an hour ahead.
    world.inboxDatabase.client.exec(
      'UPDATE deliveries SET due = due + 3600000, due_set_at = due_set_at + 3600000',
    )
    started.refresh()
    await expect.poll(() => rows()[0]?.state, { timeout: 5_000 }).toBe(1)
  })

  it('100 issues with thousands of comments go through with order kept, whatever fails on the way', async () => {
    const last = new Map<string, number>()
    let calls = 0
    const started = world.run(
      [
        inbox('one', async ({ event }) => {
          calls += 1
          if (calls % 7 === 0) return retry('Now and then')
          const before = last.get(event.streamId) ?? 0
          if (event.streamVersion <= before) throw new Error('out of order')
          last.set(event.streamId, event.streamVersion)
          return delivered()
        }),
      ],
      { pace: { ...quick, attempts: 50, concurrency: 16 }, circuit: noCircuit },
    )
    const ids = Array.from({ length: 100 }, () => world.issue())
    for (let n = 0; n < 2_000; n++) world.comment(ids[(n * 37) % 100] as string, `Comment ${n}`)
    started.wake()
    await expect.poll(() => rows().filter((row) => row.state === 1).length, { timeout: 30_000 }).toBe(2_000)
    expect([...last.values()].every((version) => version === 21)).toBe(true)
  }, 60_000)
})
