import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { refuse } from '#core/values/refusal.ts'
import type { AutomatedCommand } from '../contract/host-port.ts'
import { makeEvent } from '../testing/made-events.ts'
import { runningInboxes } from '../testing/running.ts'
import { ownInboxFiles } from './own-inbox-files.ts'
import { changeTrust } from './own-inbox-trust.ts'
import { ownInboxes } from './own-inboxes.ts'
import { ownRecordings, recordFor } from './own-recordings.ts'

const event = makeEvent('commented', { body: 'We won Acme' })
const schema = { type: 'object', properties: { name: { type: 'string' } } }
const wanted = ownRecordings.parse({
  register: [{ name: 'deal_won', sentence: 'won {name}', schema }],
  record: [{ type: 'deal_won', data: { name: 'Acme' }, throttle: 60_000 }],
})
const recordWith = (
  execute: (command: AutomatedCommand) => ReturnType<typeof refuse> | undefined,
  of = event,
  recordings = wanted,
) =>
  recordFor('own-crm', { key: 'key', event: of }, recordings, 'Seen', {
    host: {
      execute: async (command) => execute(command) ?? { ok: true, value: { events: 1, position: 1 } },
      notify: async () => true,
    },
  })

it('what an inbox registers and records is done in order, once for each delivery, and names what caused it', async () => {
  const made: AutomatedCommand[] = []
  const run = () => recordWith((command) => void made.push(command))
  expect(await run()).toEqual({ kind: 'done', detail: 'Seen' })
  expect(made.map(({ command }) => command)).toEqual([
    { type: 'register_event_type', name: 'deal_won', sentence: 'won {name}', schema },
    {
      type: 'record',
      issueId: event.streamId,
      eventType: 'deal_won',
      data: { name: 'Acme' },
      throttle: 60_000,
    },
  ])
  expect(made[1]?.metadata).toMatchObject({
    triggeredBy: 'automation',
    ruleName: 'own-crm',
    depth: 1,
    causationId: event.id,
  })
  await run()
  expect(made[2]?.eventIds).toEqual(made[0]?.eventIds)
  expect(made[3]?.eventIds).toEqual(made[1]?.eventIds)
  expect(new Set(made.flatMap(({ eventIds }) => eventIds)).size).toBe(2)
})

it('what is refused is left out and said, what may work later is tried again, and a loop ends', async () => {
  expect(
    await recordWith(({ command }) =>
      command.type === 'record' ? refuse('throttled', 'Too soon.') : undefined,
    ),
  ).toEqual({
    kind: 'done',
    detail: 'Seen. Left out: Too soon.',
  })
  expect(await recordWith(() => refuse('busy', 'Busy.'))).toEqual({ kind: 'retry', why: 'Busy.' })
  const ofLabel = makeEvent('label_created', {}, { streamType: 'label' })
  expect(await recordWith(() => undefined, ofLabel)).toMatchObject({
    detail: 'Seen. Left out: There is no issue to record it on.',
  })
  const deep = makeEvent('deal_won', {}, { metadata: { triggeredBy: 'automation', depth: 5 } })
  expect(await recordWith(() => undefined, deep)).toMatchObject({ kind: 'give_up' })
  expect(await recordWith(() => undefined, deep, ownRecordings.parse({}))).toEqual({
    kind: 'done',
    detail: 'Seen',
  })
})

let world: ReturnType<typeof runningInboxes> | undefined
beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}))
afterEach(async () => {
  await world?.close()
  vi.restoreAllMocks()
})

it('a trusted file has an event recorded on the issue that it was told of', async () => {
  const here = runningInboxes()
  world = here
  mkdirSync(join(here.folder, 'inboxes'))
  writeFileSync(
    join(here.folder, 'inboxes', 'crm.mjs'),
    `export const inbox = {
       types: ['commented'],
       handle: (event) => ({ kind: 'done', record: [{ type: 'deal_won', data: { name: event.data.body } }] }),
     }`,
  )
  const place = () => ({
    inboxDatabase: here.inboxDatabase,
    workspaceId: 'this one',
    userFolder: join(here.folder, 'config'),
  })
  const hash = ownInboxFiles(place()).find((each) => each.name === 'own-crm')?.hash ?? null
  changeTrust(place(), 'own-crm', { hash, at: 1, on: true })
  here.deliveryStore.ensure('own-crm', here.log.position(), true)
  here.inboxDatabase.client.prepare("UPDATE inboxes SET enabled = 1 WHERE name = 'own-crm'").run()
  const made: AutomatedCommand[] = []
  const own = ownInboxes({ place, onChange: () => started.refresh() })
  const started = here.run(() => own.list(), {
    host: {
      execute: async (command) => {
        made.push(command)
        return { ok: true, value: { events: 1, position: 1 } }
      },
      notify: async () => true,
    },
  })
  const issueId = here.issue(1)
  started.wake()
  await vi.waitFor(() => expect(made).toHaveLength(1), { timeout: 45_000 })
  expect(made[0]?.command).toEqual({
    type: 'record',
    issueId,
    eventType: 'deal_won',
    data: { name: 'Comment 0' },
  })
})
