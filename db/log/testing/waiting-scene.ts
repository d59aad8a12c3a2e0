import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect } from 'vitest'
import { eventRegistry } from '#core/event-registry.ts'
import { ticksPerMilli } from '#core/events/event-order.ts'
import { type Making, madeChain } from '#server/testing/made-chain.ts'
import { asynchronousProjections } from '../../projections/asynchronous-projections.ts'
import { openEventLog } from '../../projections/event-log.ts'
import { rebuildProjections } from '../../projections/rebuild.ts'
import { feedQuery } from '../../queries/feed-query.ts'
import { historyStripQuery } from '../../queries/history-strip-query.ts'
import { stateDigests } from '../../queries/state-digest.ts'
import { unreadableCount } from '../../queries/unreadable-count.ts'
import { openDatabase, type WriteDatabase } from '../../sqlite/open-database.ts'
import { registryWithout } from '../../testing/registry-without.ts'
import { countedEvents } from '../read/counted-events.ts'
import type { Arrivals } from '../receive-events.ts'
import type { ArrivingEvent } from '../rows/arriving-event.ts'
import { deriveId } from '../rows/derived-id.ts'
import { hashPayload, plainMetadata } from '../rows/hash-chain.ts'
import type { SqliteEventLog } from '../sqlite-log.ts'
import { verifyLog } from '../verify.ts'

export const [ada, issue, other, project, milestone] = ['ada', 'issue', 'other', 'project', 'milestone'].map(
  (name) => deriveId('waiting', name),
) as [string, string, string, string, string]
/** `DOCKET_WAITING_RUNS` asks for more. */
/** Hundreds of logs are opened, and other tests run beside. */
export const patience = 300_000
export const runs = Number(process.env.DOCKET_WAITING_RUNS ?? 25)
export const started = Date.UTC(2026, 0, 1)

export let folder: string
export const open: Under[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-waiting-'))
})
afterEach(() => {
  for (const under of open.splice(0)) under.database.client.close()
  rmSync(folder, { recursive: true, force: true })
})

export type Under = { readonly database: WriteDatabase; readonly log: SqliteEventLog; index(): void }

/** A log as a Docket opens it that knows everything but these. */
export function opened(name: string, hidden: readonly string[] = []): Under {
  const result = openDatabase(join(folder, `${name}.db`), { durability: 'NORMAL' })
  if (!result.ok) throw new Error(result.error.message)
  const database = result.value
  database.client.pragma('synchronous = OFF')
  const log = openEventLog(database, { registry: registryWithout(hidden), now: Date.now, newId: uuidv7 })
  const behind = asynchronousProjections(database, log)
  const under = {
    database,
    log,
    index() {
      while (behind.step(7));
    },
  }
  open.push(under)
  return under
}

export function closed(under: Under): void {
  open.splice(open.indexOf(under), 1)
  under.database.client.close()
}

export const feed = ({ database, log }: Under): readonly string[] =>
  feedQuery(database, log.streamIds, log.toEvent)
    .page({ kind: 'workspace' }, { limit: 500 })
    .map(({ event, superseded, comment }) =>
      JSON.stringify([event.id, event.type, event.waiting ?? null, event.data, superseded, comment]),
    )
export const strips = ({ database, log }: Under): unknown => {
  const query = historyStripQuery(database, log.streamIds)
  const counted = [...countedEvents(database, log.streamIds).pieces()].flatMap(({ at }) => at)
  const shown = feedQuery(database, log.streamIds, log.toEvent)
    .page({ kind: 'workspace' }, { limit: 500 })
    .filter(({ event }) => !event.waiting)
  expect(counted).toEqual(shown.map(({ event }) => event.occurredAt).sort((a, b) => a - b))
  return [query.ofScope({ kind: 'workspace' }), query.ofScope({ kind: 'issue', issueId: issue })]
}
export const documents = ({ database }: Under): unknown =>
  database.client.prepare('SELECT id, hex(sz) FROM search_docsize ORDER BY id').all()

/** Everything that follows from a log, and that each projection is what its rebuild is. */
export function whole(under: Under): unknown {
  under.index()
  const told = {
    digest: stateDigests(under.database).now().digest,
    feed: feed(under),
    strips: strips(under),
    documents: documents(under),
    unreadable: unreadableCount(under.database, under.log.streamIds)(),
  }
  const report = rebuildProjections(under.database, { registry: eventRegistry(), newId: uuidv7 })
  expect(report.repaired).toEqual([])
  expect(verifyLog(under.database).problems).toEqual([])
  return told
}

/** What was added since the first release, as the registry lists it. */
export const newer: readonly string[] = [
  'estimate_changed 1',
  'event_type_extended 1',
  'event_type_registered 1',
  'event_type_retired 1',
  'stream event_type',
  'member_email_changed 1',
  'owners_noted 1',
  'rule_hold_answered 1',
  'times_corrected 1',
  'unit_changed 1',
]

export const commentId = deriveId('waiting', 'comment')
export const onIssue = (type: string, schemaVersion: number, payload: unknown): Making => ({
  type,
  schemaVersion,
  streamId: issue,
  payload,
})
/** What may happen, each with what it needs to be of its type. */
export const happenings: readonly Making[] = [
  onIssue('created', 3, { title: 'Born', status: 'open', description: 'As it was' }),
  onIssue('created', 3, { title: 'Born again', status: 'open' }),
  { streamId: other, payload: { title: 'Another', status: 'open' } },
  onIssue('title_changed', 1, { from: 'Born', to: 'Renamed' }),
  onIssue('title_changed', 1, { from: 'Renamed', to: 'Renamed twice' }),
  onIssue('description_changed', 2, { to: 'Other words' }),
  onIssue('status_changed', 1, { from: 'open', to: 'in_progress', transition: 'start' }),
  onIssue('status_changed', 1, { from: 'open', to: 'closed', transition: 'close' }),
  onIssue('commented', 2, { commentId, body: 'Said' }),
  onIssue('comment_edited', 3, { commentId, body: 'Said otherwise' }),
  onIssue('comment_deleted', 2, { commentId }),
  onIssue('project_changed', 1, { from: null, to: project }),
  onIssue('assigned', 1, { memberId: ada }),
  onIssue('viewed', 1, {}),
  onIssue('archived', 1, {}),
  onIssue('numbered', 1, { number: 7 }),
  {
    type: 'project_created',
    schemaVersion: 1,
    streamType: 'project',
    streamId: project,
    payload: { name: 'Web' },
  },
  {
    type: 'project_renamed',
    schemaVersion: 1,
    streamType: 'project',
    streamId: project,
    payload: { from: 'Web', to: 'Site' },
  },
]
export const mayBeHidden = [...new Set(happenings.map(({ type = 'created' }) => type)), 'stream project']

export const history = fc.array(
  fc.record({
    at: fc.nat(happenings.length - 1),
    chain: fc.nat(1),
    hlc: fc.nat(40),
    hours: fc.nat(30),
    stripped: fc.boolean(),
  }),
  { minLength: 1, maxLength: 24 },
)

/** Two chains of what happened, in the order in which a server has it. */
export function arrivalsOf(
  list: readonly { at: number; chain: number; hlc: number; hours: number }[],
): readonly { readonly chain: string; readonly event: ArrivingEvent }[] {
  const chains = [0, 1].map((at) => madeChain(ada, deriveId('waiting', 'chain', String(at))))
  return list.map(({ at, chain, hlc, hours }) => {
    const made = chains[chain] as (typeof chains)[number]
    const event = made.add({
      ...happenings[at],
      hlc: (started + hlc) * ticksPerMilli,
      occurredAt: started + hours * 3_600_000,
    })
    return { chain: made.replicaId, event }
  })
}

export const pageOf = (
  events: readonly { readonly chain: string; readonly event: ArrivingEvent }[],
): Arrivals => {
  const keys = [...new Set(events.map(({ chain }) => chain))]
  return {
    chains: keys.map((chain) => ({ chain, replicaId: chain })),
    events: events.map(({ chain, event }) => ({ chain: keys.indexOf(chain), event })),
  }
}
export const withoutPayload = ({
  data = '',
  metadata = plainMetadata,
  ...event
}: ArrivingEvent): ArrivingEvent => ({
  ...event,
  payloadHash: hashPayload(data, metadata),
})

/** Runs: page sizes in turn, and after which of them the copy is updated to know how much. */
export const schedule = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
  hidden: fc.array(fc.subarray(mayBeHidden), { minLength: 1, maxLength: 3 }),
  indexed: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
})
