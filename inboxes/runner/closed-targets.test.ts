import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { slack } from '../builtin/slack/slack.ts'
import { webhooks } from '../builtin/webhooks/webhooks.ts'
import type { DeliveringInbox, Pace } from '../contract/inbox.ts'
import { answering, type HttpReceiver, httpReceiver } from '../testing/http-receiver.ts'
import { runningInboxes } from '../testing/running.ts'

let world: ReturnType<typeof runningInboxes>
let receiver: HttpReceiver
beforeEach(async () => {
  world = runningInboxes()
  receiver = await httpReceiver()
})
afterEach(async () => {
  await world.close()
  await receiver.close()
})

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const settingsOf = {
  webhooks: () => ({ endpoints: [{ id: 'ci', name: 'Build server', url: receiver.url }] }),
  slack: () => ({ routes: [{ id: 'ci', name: '#builds' }] }),
}

/** A runner with one inbox set up, from the end of the log. */
function run(inbox: DeliveringInbox<never>, pace: Partial<Pace> = {}) {
  const name = inbox.name as keyof typeof settingsOf
  world.deliveryStore.ensure(name, world.reader.position(), true)
  if (JSON.stringify(row(name)?.settings) === '{}')
    world.inboxDatabase.client
      .prepare('UPDATE inboxes SET settings = ?, enabled = 1 WHERE name = ?')
      .run(JSON.stringify(settingsOf[name]()), name)
  return world.run([inbox as never], {
    secret: (_, field) =>
      field.startsWith('url:') ? receiver.url : field === 'secret:ci' ? secret : undefined,
    pace,
  })
}
const row = (name: string) => world.deliveryStore.inboxes().find((each) => each.name === name)
const deliveries = () =>
  world.inboxDatabase.client
    .prepare(
      'SELECT state, attempts, count(*) AS count FROM deliveries GROUP BY state, attempts ORDER BY state',
    )
    .all()
/** The time that the receiver asked for is over. */
function timePasses(): void {
  world.inboxDatabase.client.exec('UPDATE targets SET closed_until = 0; UPDATE deliveries SET due = 0')
}
const anHour = { 'retry-after': '3600' }

describe('a receiver that asks for a pause (429, Retry-After)', () => {
  it('gets nothing more for that target before it is over, over a restart too, and nothing of it counts as a failure', async () => {
    const started = run(webhooks as never)
    receiver.answer(answering(429, 'slow down', anHour))
    for (let n = 0; n < 40; n++) world.issue()
    await started.drain()
    // Those that were under way at the first answer, and no other.
    const asked = receiver.received.length
    expect(asked).toBeLessThanOrEqual(4)
    world.issue()
    await started.drain()
    await started.stop()
    const again = run(webhooks as never)
    await again.drain()
    expect(receiver.received).toHaveLength(asked)
    expect(deliveries()).toEqual([{ state: 0, attempts: 0, count: 41 }])
    await again.stop()

    receiver.answer(answering(204))
    timePasses()
    await run(webhooks as never).drain()
    expect(deliveries()).toEqual([{ state: 1, attempts: 1, count: 41 }])
    const ids = receiver.received.slice(asked).map(({ headers }) => headers['webhook-id'])
    expect(new Set(ids).size).toBe(41)
    expect(ids).toHaveLength(41)
  })

  it('without saying for how long is left alone for a while all the same', async () => {
    const started = run(webhooks as never, { firstBackoffMillis: 3_600_000, longestBackoffMillis: 3_600_000 })
    receiver.answer(answering(429))
    for (let n = 0; n < 20; n++) world.issue()
    await started.drain()
    expect(receiver.received.length).toBeLessThanOrEqual(4)
    expect(deliveries()).toEqual([{ state: 0, attempts: 0, count: 20 }])
  })

  it('that fails and says when (503, Retry-After) is left alone as a whole, and that counts', async () => {
    const started = run(webhooks as never)
    receiver.answer(answering(503, '', anHour))
    for (let n = 0; n < 20; n++) world.issue()
    await started.drain()
    expect(receiver.received.length).toBeLessThanOrEqual(4)
    expect(deliveries()).toMatchObject([{ attempts: 0 }, { attempts: 1 }])
  })

  it('in Slack is told what waited in one message', async () => {
    const started = run(slack as never, { everyMillis: 0 })
    receiver.answer(answering(429, 'rate_limited', anHour))
    for (let n = 0; n < 12; n++) world.issue()
    await started.drain()
    expect(receiver.received).toHaveLength(1)
    await started.stop()

    receiver.answer(answering(200, 'ok'))
    timePasses()
    const again = run(slack as never, { everyMillis: 0 })
    // Joined because the pause is remembered: it is over only now.
    await again.drain()
    const later = receiver.received.slice(1)
    expect(later.map(({ body }) => JSON.parse(body).text)).toEqual([
      '12 changes, told at once because Slack asked for a pause.',
    ])
    expect(deliveries()).toEqual([{ state: 1, attempts: 1, count: 12 }])
    world.issue()
    await again.drain()
    expect(receiver.received).toHaveLength(3)
    expect(receiver.received[2]?.body).not.toContain('told at once')
  })
})

it('Slack is sent to at the pace that it takes: one, and the next when that time is over', async () => {
  expect(slack.pace).toMatchObject({ everyMillis: 1_000 })
  receiver.answer(answering(200, 'ok'))
  const started = run(slack as never, { everyMillis: 3_600_000 })
  for (let n = 0; n < 3; n++) world.issue()
  await started.drain()
  expect(receiver.received).toHaveLength(1)
})

describe('a receiver that says that it is gone (410)', () => {
  it('switches its endpoint off, says so, and is sent to again once a person has it on', async () => {
    const started = run(webhooks as never, { concurrency: 1 })
    receiver.answer(answering(410, 'moved away'))
    for (let n = 0; n < 5; n++) world.issue()
    await started.drain()
    expect(receiver.received).toHaveLength(1)
    expect(row('webhooks')?.settings).toMatchObject({ endpoints: [{ id: 'ci', enabled: false }] })
    expect(deliveries()).toEqual([
      { state: 2, attempts: 1, count: 4 },
      { state: 3, attempts: 1, count: 1 },
    ])
    const note = world.inboxDatabase.client
      .prepare(`SELECT note FROM inboxes WHERE name = 'webhooks'`)
      .pluck()
      .get()
    expect(note).toMatch(
      /^Build server was switched off\. 127\.0\.0\.1:\d+ says that this address is gone \(410\)/,
    )
    world.issue()
    await started.drain()
    await started.stop()
    expect(receiver.received).toHaveLength(1)

    receiver.answer(answering(204))
    world.inboxDatabase.client
      .prepare(`UPDATE inboxes SET settings = ? WHERE name = 'webhooks'`)
      .run(JSON.stringify(settingsOf.webhooks()))
    const again = run(webhooks as never)
    world.issue()
    await again.drain()
    expect(receiver.received).toHaveLength(2)
  })
})
