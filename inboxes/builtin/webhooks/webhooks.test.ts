import { type CloudEvent, HTTP } from 'cloudevents'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bug } from '../../testing/described-workspace.ts'
import { answering, type HttpReceiver, httpReceiver, type Received } from '../../testing/http-receiver.ts'
import { contextFor } from '../../testing/inbox-context.ts'
import { idOf, issueOne, makeDelivery, makeEvent } from '../../testing/made-events.ts'
import { rotateSecret, webhookSettings } from './webhook-settings.ts'
import { webhooks } from './webhooks.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const before = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
let receiver: HttpReceiver
beforeEach(async () => {
  receiver = await httpReceiver()
})
afterEach(() => receiver.close())

const moved = makeEvent('status_changed', { from: 'open', to: 'in_progress', transition: 'start' })
const endpoint = (more: object = {}) => ({
  id: 'ci',
  name: 'Build server',
  url: `${receiver.url}/hook`,
  ...more,
})
type Given = Parameters<typeof contextFor>[1]
const given = (endpoints: readonly object[], more: Given = {}) =>
  contextFor(webhooks, { settings: { endpoints }, secrets: { 'secret:ci': secret }, ...more })
const deliver = (context = given([endpoint()]), delivery = makeDelivery(moved, 'ci')) =>
  webhooks.handle(delivery, context)

/** What the official libraries make of a request; either throws where it is not right. */
function verified({ body, headers }: Received, key = secret): CloudEvent<Record<string, unknown>> {
  new Webhook(key).verify(body, headers)
  const event = HTTP.toEvent({ headers, body }) as CloudEvent<Record<string, unknown>>
  expect(event.validate()).toBe(true)
  return event
}
const first = (): Received => {
  const [one] = receiver.received
  if (!one) throw new Error('nothing was received')
  return one
}

describe('a delivery', () => {
  it('is a CloudEvent that the official libraries verify and read', async () => {
    expect(await deliver()).toMatchObject({ kind: 'done' })
    const event = verified(first())
    expect(event).toMatchObject({ id: moved.id, type: 'docket.issue.status_changed', subject: 'DOC-42' })
    expect(first()).toMatchObject({ method: 'POST', path: '/hook' })
    expect(first().headers['webhook-id']).toBe(makeDelivery(moved, 'ci').key)
  })

  it('of an event of somebody’s own type says that type and its data', async () => {
    const won = makeEvent('deal_won', { name: 'Acme', amount: 5 }, { schemaVersion: 1_000 })
    const context = given([endpoint({ types: ['deal_won'] })])
    expect(webhooks.shouldProcess(won, context)).toBe(true)
    expect(webhooks.shouldProcess(moved, context)).toBe(false)
    expect(await deliver(context, makeDelivery(won, 'ci'))).toMatchObject({ kind: 'done' })
    expect(verified(first())).toMatchObject({
      id: won.id,
      type: 'docket.issue.deal_won',
      subject: 'DOC-42',
      data: { event: { type: 'deal_won', schemaVersion: 1_000, data: { name: 'Acme', amount: 5 } } },
    })
  })

  it('has the same id at each attempt, and a time and signature of its own', async () => {
    receiver.answer(answering(500))
    let at = Date.now() - 60_000
    const context = given([endpoint()], { now: () => at })
    expect(await deliver(context)).toMatchObject({ kind: 'retry' })
    at += 30_000
    expect(await deliver(context, makeDelivery(moved, 'ci', { attempt: 2 }))).toMatchObject({ kind: 'retry' })
    const [one, two] = receiver.received.map(({ headers }) => headers)
    expect(two?.['webhook-id']).toBe(one?.['webhook-id'])
    expect(Number(two?.['webhook-timestamp']) - Number(one?.['webhook-timestamp'])).toBe(30)
    for (const request of receiver.received) verified(request)
  })

  it('is not what the receiver verifies once anything of it was changed', async () => {
    await deliver()
    const { body, headers } = first()
    expect(() => new Webhook(secret).verify(body.replace('in_progress', 'closed'), headers)).toThrow()
    expect(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'other' })).toThrow()
    expect(() => new Webhook(before).verify(body, headers)).toThrow()
  })

  it('of a comment of 1 MiB has at most 256 KiB', async () => {
    const long = makeEvent('commented', { commentId: idOf(5), body: 'Lovely weather. '.repeat(65_000) })
    expect(await deliver(undefined, makeDelivery(long, 'ci'))).toMatchObject({ kind: 'done' })
    expect(Buffer.byteLength(first().body)).toBeLessThanOrEqual(262_144)
    expect(verified(first()).data).toMatchObject({ truncated: true })
  })

  it.each([
    ['answering 500', answering(500, 'broken'), { kind: 'retry' }],
    [
      'answering 429 with Retry-After',
      answering(429, '', { 'retry-after': '60' }),
      { kind: 'closed', afterMillis: 60_000 },
    ],
    ['that is gone', answering(410), { kind: 'give_up' }],
    ['that refuses the message', answering(400, 'no'), { kind: 'give_up' }],
  ])('to a receiver %s', async (_name, behaviour, outcome) => {
    receiver.answer(behaviour)
    expect(await deliver()).toMatchObject(outcome)
  })

  it('to a receiver that redirects into loopback is refused unless the person allowed that host', async () => {
    const inside = await httpReceiver()
    receiver.answer(answering(307, '', { location: `${inside.url}/inside` }))
    expect(await deliver()).toMatchObject({ kind: 'give_up' })
    expect(inside.received).toEqual([])
    expect(await deliver(given([endpoint({ allowedHosts: ['127.0.0.1'] })]))).toMatchObject({ kind: 'done' })
    expect(verified(inside.received[0] as Received).id).toBe(moved.id)
    await inside.close()
  })

  it('never shows the secret, whatever the receiver says', async () => {
    receiver.answer(answering(400, `your secret is ${secret}`))
    expect(JSON.stringify(await deliver())).not.toContain(secret)
  })

  it('to an endpoint that was removed or switched off goes nowhere', async () => {
    expect(await deliver(given([]))).toEqual({ kind: 'give_up', why: 'This endpoint was removed.' })
    expect(await deliver(given([endpoint({ enabled: false })]))).toEqual({
      kind: 'skip',
      why: 'This endpoint is switched off.',
    })
    expect(receiver.received).toEqual([])
  })

  it('without a secret, or with one that can’t be used, waits and says so', async () => {
    expect(await deliver(given([endpoint()], { secrets: {} }))).toEqual({
      kind: 'hold',
      why: 'Build server has no signing secret. Set one in its settings.',
    })
    for (const bad of ['whsec_', 'whsec_not base64!'])
      expect(await deliver(given([endpoint()], { secrets: { 'secret:ci': bad } }))).toEqual({
        kind: 'hold',
        why: 'The signing secret can’t be used: it must be base64, with whsec_ before it.',
      })
    expect(receiver.received).toEqual([])
  })
})

describe('who gets an event', () => {
  const targets = (endpoints: readonly object[], event = moved, more: Given = {}) => {
    const context = given(
      endpoints.map((each) => endpoint(each)),
      more,
    )
    return webhooks.shouldProcess(event, context) ? webhooks.targets?.(event, context) : []
  }

  it('every endpoint that is switched on and asks for its type', () => {
    expect(
      targets([
        { id: 'all' },
        { id: 'off', enabled: false },
        { id: 'moves', types: ['status_changed', 'created'] },
        { id: 'comments', types: ['commented'] },
      ]),
    ).toEqual(['all', 'moves'])
    expect(targets([{ id: 'comments', types: ['commented'] }])).toEqual([])
  })

  it('as the issue is right after the event, not as it is later', () => {
    const labeled = makeEvent('labeled', { labelId: bug })
    const back = makeEvent('unlabeled', { labelId: bug })
    const workspace = { events: [moved, labeled, back] }
    const endpoints = [
      { id: 'bugs', query: 'label:bug' },
      { id: 'others', query: '-label:bug' },
    ]
    expect(targets(endpoints, moved, { workspace })).toEqual(['others'])
    expect(targets(endpoints, labeled, { workspace })).toEqual(['bugs'])
    expect(targets(endpoints, back, { workspace })).toEqual(['others'])
  })

  it('an event of no issue goes to those without a query', () => {
    const event = makeEvent(
      'label_created',
      { name: 'x', colour: '#5e6ad2' },
      { streamType: 'label', streamId: bug },
    )
    expect(targets([{ id: 'all' }, { id: 'open', query: 'is:open' }], event)).toEqual(['all'])
  })

  it('a query that names a label which is gone loses nothing: the delivery says so', async () => {
    expect(targets([{ id: 'gone', query: 'label:gone' }])).toEqual(['gone'])
    const context = given([endpoint({ query: 'label:gone' })])
    expect(await deliver(context)).toEqual({
      kind: 'give_up',
      why: expect.stringMatching(
        /^The query of Build server can’t be used\. There is no label "gone"\..* Mend it, then replay\.$/,
      ),
    })
    expect(receiver.received).toEqual([])
  })

  it('a label renamed or added is noticed', () => {
    let labels = [{ id: bug, name: 'bug', colour: '#5e6ad2' }]
    let at = Date.now()
    const context = given([endpoint({ query: 'label:defect' })], {
      workspace: { issues: [{ id: issueOne, exists: true, status: 'open', labels: [bug] }], events: [] },
      now: () => at,
    })
    const workspace = {
      ...context.workspace,
      filter: (query: string, now: number) =>
        contextFor(webhooks, { workspace: { labels } }).workspace.filter(query, now),
    }
    const other = makeEvent('title_changed', { from: 'a', to: 'b' })
    labels = [{ id: idOf(0xb2), name: 'defect', colour: '#5e6ad2' }]
    expect(webhooks.targets?.(other, { ...context, workspace })).toEqual([])
    labels = [{ id: bug, name: 'defect', colour: '#5e6ad2' }]
    at += 1_000
    expect(webhooks.targets?.(other, { ...context, workspace })).toEqual(['ci'])
  })
})

describe('a secret set anew', () => {
  const now = Date.now()
  const day = 86_400_000

  it('signs beside the one before for 24 hours, then alone', async () => {
    const settings = webhookSettings.parse({ endpoints: [endpoint()] })
    const rotation = rotateSecret(settings, 'ci', before, secret, now)
    expect(rotation.secrets).toEqual({ 'secret:ci': secret, 'previous:ci': before })
    const at = (time: number) =>
      contextFor(webhooks, { settings: rotation.settings, secrets: rotation.secrets, now: () => time })
    await deliver(at(now))
    verified(first(), secret)
    verified(first(), before)
    expect(first().headers['webhook-signature']?.split(' ')).toHaveLength(2)

    await deliver(at(now + day - 1))
    await deliver(at(now + day))
    const [, last, after] = receiver.received.map(
      ({ headers }) => headers['webhook-signature']?.split(' ').length,
    )
    expect([last, after]).toEqual([2, 1])
  })

  it('leaves other endpoints alone', () => {
    const settings = webhookSettings.parse({ endpoints: [endpoint(), endpoint({ id: 'other' })] })
    const { endpoints } = rotateSecret(settings, 'ci', before, secret, now).settings
    expect(endpoints.map(({ id, previousUntil }) => [id, previousUntil])).toEqual([
      ['ci', now + day],
      ['other', null],
    ])
  })

  it('for the first time, or to the same again, has none before', () => {
    const settings = webhookSettings.parse({ endpoints: [endpoint()] })
    expect(rotateSecret(settings, 'ci', undefined, secret, now)).toEqual({
      settings,
      secrets: { 'secret:ci': secret },
    })
    expect(rotateSecret(settings, 'ci', secret, secret, now)).toEqual({ settings, secrets: {} })
  })
})

describe('the test button', () => {
  it('sends a test event, signed in the same way', async () => {
    expect(await webhooks.test?.(given([endpoint()]), 'ci')).toMatchObject({ kind: 'done' })
    const event = verified(first())
    expect(event.type).toBe('docket.test')
    expect(first().headers['webhook-id']).toBe(event.id)
  })

  it('says what is wrong', async () => {
    receiver.answer(answering(401, 'who are you?'))
    expect(await webhooks.test?.(given([endpoint()]), 'ci')).toMatchObject({
      kind: 'give_up',
      why: expect.stringContaining('401: who are you?'),
    })
    expect(await webhooks.test?.(given([]))).toEqual({ kind: 'give_up', why: 'There is no endpoint yet.' })
  })
})

describe('settings', () => {
  const problem = (more: object): string | undefined =>
    webhookSettings.safeParse({ endpoints: [{ id: 'a', name: 'A', url: 'https://example.org/', ...more }] })
      .error?.issues[0]?.message

  it('are all defaults where nothing was entered', () => {
    expect(webhookSettings.parse({})).toEqual({ endpoints: [] })
  })

  it.each([
    [{}, undefined],
    [{ url: 'http://localhost:3000/hook' }, undefined],
    [{ url: 'example.org' }, 'This is not an address like https://example.org/hook.'],
    [{ url: 'https://ada:pass@example.org/' }, 'The address must not hold a user name or password.'],
    [{ url: 'javascript:alert(1)' }, 'The address must begin with https:// or http://.'],
    [{ name: '  ' }, 'needs a name'],
    [{ id: 'a:b' }, 'may have letters, digits and . _ - only'],
  ])('%j: %s', (more, message) => {
    expect(problem(more)).toBe(message)
  })

  it('refuse a query that is not one, and an id twice', () => {
    expect(problem({ query: 'nonsense:x' })).toBeDefined()
    const one = { id: 'a', name: 'A', url: 'https://example.org/' }
    expect(webhookSettings.safeParse({ endpoints: [one, one] }).error?.issues[0]?.message).toBe(
      'has "a" twice',
    )
  })
})
