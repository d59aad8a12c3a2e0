import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bug } from '../../testing/described-workspace.ts'
import { answering, type HttpReceiver, httpReceiver } from '../../testing/http-receiver.ts'
import { contextFor } from '../../testing/inbox-context.ts'
import { ada, grace, idOf, issueOne, makeDelivery, makeEvent, testStart } from '../../testing/made-events.ts'
import { mirror } from './mirror.ts'
import { mirrorAddress } from './mirrored-issue.ts'

let receiver: HttpReceiver
beforeEach(async () => {
  receiver = await httpReceiver()
})
afterEach(() => receiver.close())

const issue = {
  id: issueOne,
  exists: true,
  number: 42,
  externalKey: 'GH/17 ?',
  title: 'The export hangs',
  description: 'Steps',
  status: 'open',
  authorId: ada,
  createdAt: testStart,
  updatedAt: testStart,
}
const labeled = makeEvent('labeled', { labelId: bug })
const moved = makeEvent('status_changed', { from: 'open', to: 'in_progress', transition: 'start' })
type Given = NonNullable<Parameters<typeof contextFor>[1]>
const given = ({ settings = {}, ...more }: Omit<Given, 'settings'> & { settings?: object } = {}) =>
  contextFor(mirror, {
    settings: { baseUrl: `${receiver.url}/api/`, ...settings },
    secrets: { token: 't0ken-of-the-tracker' },
    workspace: { issues: [issue], events: [labeled, moved] },
    ...more,
  })
const deliver = (context = given(), event = moved) => mirror.handle(makeDelivery(event, 'mirror'), context)

describe('mirroring an issue', () => {
  it('puts the whole issue to its place, with the token and the delivery’s key', async () => {
    expect(await deliver()).toMatchObject({ kind: 'done' })
    const [request] = receiver.received
    expect(request).toMatchObject({ method: 'PUT', path: '/api/issues/GH%2F17%20%3F' })
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer t0ken-of-the-tracker',
      'idempotency-key': makeDelivery(moved, 'mirror').key,
      'content-type': 'application/json',
    })
    expect(JSON.parse(request?.body ?? '')).toEqual({
      externalKey: 'GH/17 ?',
      id: issueOne,
      key: 'DOC-42',
      url: 'docket://issue/DOC-42',
      title: 'The export hangs',
      description: 'Steps',
      status: 'in_progress',
      statusName: 'In progress',
      statusCategory: 'doing',
      priority: 'none',
      dueDate: null,
      estimate: null,
      author: { id: ada, name: 'Ada', handle: 'ada' },
      assignees: [],
      labels: ['bug'],
      project: null,
      archived: false,
      createdAt: '2026-03-01T12:00:00.000Z',
      updatedAt: new Date(moved.occurredAt).toISOString(),
      version: 2,
    })
  })

  it('a delivery replayed late sends the issue as it is now, never an old state', async () => {
    await deliver(given(), labeled)
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ status: 'in_progress', version: 2 })
  })

  it('is documented as it is sent', async () => {
    await deliver()
    const page = readFileSync(new URL('../../../docs/external-sync.md', import.meta.url), 'utf8')
    const example = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
    expect({ ...JSON.parse(example), updatedAt: new Date(moved.occurredAt).toISOString() }).toEqual(
      JSON.parse(receiver.received[0]?.body ?? ''),
    )
  })

  it('without a token sends none', async () => {
    await deliver(given({ secrets: {} }))
    expect(receiver.received[0]?.headers).not.toHaveProperty('authorization')
  })

  it('passes on what the tracker answers, but never the token', async () => {
    receiver.answer((response, { headers }) =>
      response.writeHead(401).end(`unknown: ${headers.authorization}`),
    )
    const outcome = await deliver()
    expect(outcome).toMatchObject({ kind: 'give_up', why: expect.stringContaining('401: unknown: •••') })
    receiver.answer(answering(503, '', { 'retry-after': '5' }))
    expect(await deliver()).toMatchObject({ kind: 'retry', afterMillis: 5_000 })
  })
})

describe('what is its business', () => {
  const takes = (event = moved, context = given()) => mirror.shouldProcess(event, context)
  const without = { issues: [{ ...issue, externalKey: null }] }

  it('issues with an external key, and no other', () => {
    expect(takes()).toBe(true)
    expect(takes(moved, given({ workspace: without }))).toBe(false)
    expect(takes(makeEvent('label_created', {}, { streamType: 'label', streamId: bug }))).toBe(false)
  })

  it('not what changes nothing of the issue', () => {
    expect(takes(makeEvent('viewed'))).toBe(false)
    expect(takes(makeEvent('subscribed', { memberId: grace }))).toBe(false)
  })

  it('issues that the query asks for', () => {
    expect(takes(moved, given({ settings: { query: 'label:bug' } }))).toBe(true)
    expect(takes(moved, given({ settings: { query: 'is:closed' } }))).toBe(false)
  })

  it('a query that can’t be used loses nothing: the delivery says so', async () => {
    const context = given({ settings: { query: 'label:gone' } })
    expect(takes(moved, context)).toBe(true)
    expect(await deliver(context)).toMatchObject({ kind: 'give_up', why: expect.stringContaining('Mend it') })
    expect(receiver.received).toEqual([])
  })

  it('a new issue that says its external key when it is created', () => {
    const created = makeEvent(
      'created',
      { title: 'New', status: 'open', externalKey: 'X-1' },
      { streamId: idOf(0x1009) },
    )
    expect(takes(created, given({ workspace: { issues: [] } }))).toBe(true)
  })
})

describe('addresses', () => {
  it.each([
    ['https://t.example/api', 'A-1', 'https://t.example/api/issues/A-1'],
    ['https://t.example/api/', 'A-1', 'https://t.example/api/issues/A-1'],
    ['https://t.example', '../../admin', 'https://t.example/issues/..%2F..%2Fadmin'],
    ['https://t.example/?tenant=7', 'A-1', 'https://t.example/issues/A-1?tenant=7'],
  ])('%s with %s', (base, key, address) => {
    expect(mirrorAddress(base, key)).toEqual({ ok: true, value: address })
  })

  it.each(['.', '..'])('a key of %s can’t lead out', async (externalKey) => {
    expect(mirrorAddress('https://t.example', externalKey).ok).toBe(false)
    const context = given({ workspace: { issues: [{ ...issue, externalKey }] } })
    expect(await deliver(context)).toMatchObject({ kind: 'give_up' })
  })
})

describe('settings', () => {
  it('it waits until it has an address', () => {
    expect(mirror.notReady?.(contextFor(mirror))).toBe('Enter the address of the other tracker.')
    expect(mirror.notReady?.(given())).toBeUndefined()
  })

  it.each([
    [204, 'done'],
    [404, 'done'],
    [401, 'give_up'],
    [500, 'retry'],
  ])('the test button asks the server, changes nothing there, and takes %i for %s', async (status, kind) => {
    receiver.answer(answering(status))
    expect(await mirror.test?.(given())).toMatchObject({ kind })
    expect(receiver.received).toMatchObject([{ method: 'GET', path: '/api/', body: '' }])
  })
})
