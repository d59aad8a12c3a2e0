import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { eventRegistry } from '#core/event-registry.ts'
import { ticksPerMilli } from '#core/events/event-order.ts'
import { type Making, madeChain } from '#server/testing/made-chain.ts'
import { countedEvents } from '../log/read/counted-events.ts'
import { asynchronousProjections } from '../projections/asynchronous-projections.ts'
import { openEventLog } from '../projections/event-log.ts'
import { rebuildProjections } from '../projections/rebuild.ts'
import { feedQuery } from '../queries/feed-query.ts'
import { historyStripQuery } from '../queries/history-strip-query.ts'
import { stateDigests } from '../queries/state-digest.ts'
import { unreadableCount } from '../queries/unreadable-count.ts'
import { openDatabase, type WriteDatabase } from '../sqlite/open-database.ts'
import { registryWithout } from '../testing/registry-without.ts'
import type { Arrivals } from './receive-events.ts'
import type { ArrivingEvent } from './rows/arriving-event.ts'
import { deriveId } from './rows/derived-id.ts'
import { firstFold, foldNamed } from './rows/fold-name.ts'
import { hashPayload, plainMetadata } from './rows/hash-chain.ts'
import type { SqliteEventLog } from './sqlite-log.ts'
import { verifyLog } from './verify.ts'

const [ada, issue, other, project, milestone] = ['ada', 'issue', 'other', 'project', 'milestone'].map(
  (name) => deriveId('waiting', name),
) as [string, string, string, string, string]
/** `DOCKET_WAITING_RUNS` asks for more. */
/** Hundreds of logs are opened, and other tests run beside. */
const patience = 300_000
const runs = Number(process.env.DOCKET_WAITING_RUNS ?? 25)
const started = Date.UTC(2026, 0, 1)

let folder: string
const open: Under[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-waiting-'))
})
afterEach(() => {
  for (const under of open.splice(0)) under.database.client.close()
  rmSync(folder, { recursive: true, force: true })
})

type Under = { readonly database: WriteDatabase; readonly log: SqliteEventLog; index(): void }

/** A log as a Docket opens it that knows everything but these. */
function opened(name: string, hidden: readonly string[] = []): Under {
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

function closed(under: Under): void {
  open.splice(open.indexOf(under), 1)
  under.database.client.close()
}

const feed = ({ database, log }: Under): readonly string[] =>
  feedQuery(database, log.streamIds, log.toEvent)
    .page({ kind: 'workspace' }, { limit: 500 })
    .map(({ event, superseded, comment }) =>
      JSON.stringify([event.id, event.type, event.waiting ?? null, event.data, superseded, comment]),
    )
const strips = ({ database, log }: Under): unknown => {
  const query = historyStripQuery(database, log.streamIds)
  const counted = [...countedEvents(database, log.streamIds).pieces()].flatMap(({ at }) => at)
  const shown = feedQuery(database, log.streamIds, log.toEvent)
    .page({ kind: 'workspace' }, { limit: 500 })
    .filter(({ event }) => !event.waiting)
  expect(counted).toEqual(shown.map(({ event }) => event.occurredAt).sort((a, b) => a - b))
  return [query.ofScope({ kind: 'workspace' }), query.ofScope({ kind: 'issue', issueId: issue })]
}
const documents = ({ database }: Under): unknown =>
  database.client.prepare('SELECT id, hex(sz) FROM search_docsize ORDER BY id').all()

/** Everything that follows from a log, and that each projection is what its rebuild is. */
function whole(under: Under): unknown {
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
const newer: readonly string[] = [
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

const commentId = deriveId('waiting', 'comment')
const onIssue = (type: string, schemaVersion: number, payload: unknown): Making => ({
  type,
  schemaVersion,
  streamId: issue,
  payload,
})
/** What may happen, each with what it needs to be of its type. */
const happenings: readonly Making[] = [
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
const mayBeHidden = [...new Set(happenings.map(({ type = 'created' }) => type)), 'stream project']

const history = fc.array(
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
function arrivalsOf(
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

const pageOf = (events: readonly { readonly chain: string; readonly event: ArrivingEvent }[]): Arrivals => {
  const keys = [...new Set(events.map(({ chain }) => chain))]
  return {
    chains: keys.map((chain) => ({ chain, replicaId: chain })),
    events: events.map(({ chain, event }) => ({ chain: keys.indexOf(chain), event })),
  }
}
const withoutPayload = ({ data = '', metadata = plainMetadata, ...event }: ArrivingEvent): ArrivingEvent => ({
  ...event,
  payloadHash: hashPayload(data, metadata),
})

/** Runs: page sizes in turn, and after which of them the copy is updated to know how much. */
const schedule = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
  hidden: fc.array(fc.subarray(mayBeHidden), { minLength: 1, maxLength: 3 }),
  indexed: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
})

describe('events that only a newer Docket knows', () => {
  it(
    'come to the same, once they are known, as where they always were, in whatever steps and pages they came',
    () => {
      let run = 0
      fc.assert(
        fc.property(history, schedule, (list, { sizes, hidden, indexed }) => {
          run += 1
          const events = arrivalsOf(list)
          const knew = opened(`knew-${run}`)
          knew.log.receive(pageOf(events))
          let under = opened(`old-${run}`, hidden[0])
          const left = [...events]
          for (let turn = 0; left.length > 0; turn++) {
            under.log.receive(pageOf(left.splice(0, sizes[turn % sizes.length])))
            if (indexed[turn % indexed.length]) under.index()
            // Each step of an update knows more than the one before.
            const still = hidden.slice(0, turn + 2).reduce((a, b) => a.filter((name) => b.includes(name)))
            if (turn >= hidden.length) continue
            closed(under)
            under = opened(`old-${run}`, still)
          }
          closed(under)
          under = opened(`old-${run}`)
          expect(whole(under)).toEqual(whole(knew))
          closed(under)
          closed(knew)
        }),
        { numRuns: runs },
      )
    },
    patience,
  )

  it('are stored, chained, shown as what a newer Docket recorded, and count nowhere', () => {
    const chain = madeChain(ada)
    chain.add({ streamId: issue, payload: { title: 'Known', status: 'open' } })
    chain.add(onIssue('estimated', 1, { points: 3 }))
    chain.add(onIssue('title_changed', 9, { from: 'Known', to: 'Otherwise', why: { deep: [] } }))
    chain.add({
      streamType: 'milestone',
      streamId: milestone,
      type: 'milestone_created',
      schemaVersion: 1,
      payload: {},
    })
    // A type that is known, on a kind of stream that a newer Docket may well have it on.
    chain.add({ streamType: 'milestone', streamId: milestone, payload: { title: 'x', status: 'open' } })
    const events = chain.after(0).events.map((event) => ({ chain: chain.replicaId, event }))
    const under = opened('log')
    expect(under.log.receive(pageOf(events))).toMatchObject({ appended: 5, skipped: 0 })
    expect(feed(under).map((line) => JSON.parse(line).slice(1, 4))).toEqual([
      ['created', 'unknown', {}],
      ['milestone_created', 'unknown', {}],
      ['title_changed', 'unknown', {}],
      ['estimated', 'unknown', {}],
      ['created', null, { title: 'Known', status: 'open' }],
    ])
    expect(under.log.issue(issue)).toMatchObject({ title: 'Known', version: 1 })
    expect(whole(under)).toMatchObject({ unreadable: 0 })
    // What is recorded here afterwards builds on what is known.
    const renamed = { id: uuidv7(), type: 'title_changed', data: { from: 'Known', to: 'Here' }, actorId: ada }
    under.log.append({ type: 'issue', id: issue }, [renamed], { expectedVersion: 3 })
    expect(under.log.issue(issue)).toMatchObject({ title: 'Here', version: 2 })
    whole(under)
  })

  it('that turn out not to be of their type’s shape, or of a kind of thing that they can’t happen to, count nowhere once it is known', () => {
    const shapeless = madeChain(ada)
    shapeless.add(onIssue('archived', 1, []))
    const refused = pageOf(shapeless.after(0).events.map((event) => ({ chain: shapeless.replicaId, event })))
    // No server of whatever age lets through what is no JSON object.
    expect(() => opened('refused').log.receive(refused)).toThrow(/is no JSON object/)
    const fitting = madeChain(ada)
    for (const making of [
      { streamId: issue, payload: { title: 'Fine', status: 'open' } },
      onIssue('title_changed', 1, { from: 'Fine', to: { not: 'a text' } }),
      { ...onIssue('commented', 1, { commentId, body: 'On a project' }), streamType: 'project' },
    ])
      fitting.add(making)
    const events = fitting.after(0).events.map((event) => ({ chain: fitting.replicaId, event }))
    let under = opened('log', ['title_changed', 'commented'])
    under.log.receive(pageOf(events))
    expect(feed(under)).toHaveLength(3)
    closed(under)
    under = opened('log')
    expect(whole(under)).toMatchObject({ unreadable: 2 })
    expect(feed(under)).toHaveLength(1)
    // One that knew better from the start keeps them in the same places.
    const knew = opened('knew')
    knew.log.receive(pageOf(events))
    expect(whole(knew)).toEqual(whole(under))
  })

  it('are no deeper than whoever walks them has a stack for, and have names with nothing to escape', () => {
    const deep = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)
    const refusals: readonly (readonly [Making, RegExp])[] = [
      [onIssue('estimated', 1, { points: deep(100) }), /nested 101 deep/],
      [
        { ...onIssue('estimated', 1, {}), about: { triggeredBy: 'manual', why: deep(100) } },
        /nested 101 deep/,
      ],
      [onIssue('esti","x":"mated', 1, {}), /a name that no type/],
      [{ ...onIssue('estimated', 1, {}), streamType: 'Mile stone' }, /a name that no type/],
      [{ ...onIssue('estimated', 1, {}), about: 'words' }, /is no JSON object/],
    ]
    const under = opened('log')
    for (const [making, why] of refusals) {
      const chain = madeChain(ada)
      chain.add(making)
      const page = pageOf(chain.after(0).events.map((event) => ({ chain: chain.replicaId, event })))
      expect(() => under.log.receive(page)).toThrow(why)
    }
    expect(under.log.position()).toBe(0)
    const chain = madeChain(ada)
    chain.add(onIssue('estimated', 1, { points: deep(99) }))
    under.log.receive(pageOf(chain.after(0).events.map((event) => ({ chain: chain.replicaId, event }))))
    whole(under)
  })

  it('are refused before they are parsed where they are nested deeper than any payload, known or not', () => {
    const under = opened('log')
    const parse = vi.spyOn(JSON, 'parse')
    const [open, shut] = ['['.repeat(1_500_000), ']'.repeat(1_500_000)]
    for (const making of [
      { streamId: issue, text: `{"status":"open","title":"Deep","x":${open}${shut}}` },
      { ...onIssue('estimated', 1, {}), text: '['.repeat(3_000_000) },
    ]) {
      const chain = madeChain(ada)
      chain.add(making)
      const page = pageOf(chain.after(0).events.map((event) => ({ chain: chain.replicaId, event })))
      expect(() => under.log.receive(page)).toThrow(/is nested more than 250 deep/)
      expect(parse.mock.calls.filter(([text]) => text === making.text)).toEqual([])
    }
    parse.mockRestore()
    expect(under.log.position()).toBe(0)
  })

  it('an older Docket that opens what a newer one folded leaves that as it is', () => {
    const chain = madeChain(ada)
    chain.add({ streamId: issue, payload: { title: 'One', status: 'open' } })
    chain.add(onIssue('archived', 1, {}))
    const page = pageOf(chain.after(0).events.map((event) => ({ chain: chain.replicaId, event })))
    let under = opened('log', ['archived'])
    under.log.receive(page)
    closed(under)
    closed(opened('log'))
    closed(opened('log', ['archived']))
    under = opened('log')
    expect(under.log.issue(issue).archived).toBe(true)
    whole(under)
  })

  it('give a fold another name, and the first release’s is what it was', () => {
    const lines = eventRegistry().known.filter((line) => !newer.includes(line))
    expect(foldNamed(1, lines)).toBe(firstFold)
    expect(foldNamed(2, lines)).not.toBe(firstFold)
    expect(foldNamed(1, [...lines, 'estimated 1'])).not.toBe(firstFold)
  })
})

describe('events without their payload', () => {
  it(
    'keep their places, count nowhere, and come to the same as ever once their payloads come',
    () => {
      let run = 0
      fc.assert(
        fc.property(history, schedule, (list, { sizes, hidden, indexed }) => {
          run += 1
          const events = arrivalsOf(list)
          const knew = opened(`knew-${run}`)
          knew.log.receive(pageOf(events))
          const given = events.map((each, at) =>
            list[at]?.stripped ? { ...each, event: withoutPayload(each.event) } : each,
          )
          let under = opened(`held-${run}`, hidden[0])
          under.log.receive(pageOf(given))
          if (indexed[0]) under.index()
          const missing = events.filter((_, at) => list[at]?.stripped)
          const gone = new Set(missing.map(({ event }) => event.id))
          expect(feed(under).filter((line) => gone.has(JSON.parse(line)[0]))).toEqual([])
          expect(unreadableCount(under.database, under.log.streamIds)()).toBe(missing.length)
          // A payload of another event, or none, makes nothing whole.
          const forged = missing.map((each) => ({
            ...each,
            event: { ...each.event, data: '{"title":"Forged"}' },
          }))
          expect(under.log.receive(pageOf(forged)).madeWhole).toBe(0)
          expect(under.log.receive(pageOf(given)).madeWhole).toBe(0)
          let made = 0
          const left = [...events]
          for (let turn = 0; left.length > 0; turn++)
            made += under.log.receive(pageOf(left.splice(0, sizes[turn % sizes.length]))).madeWhole
          expect(made).toBe(missing.length)
          closed(under)
          under = opened(`held-${run}`)
          expect(whole(under)).toEqual(whole(knew))
          closed(under)
          closed(knew)
        }),
        { numRuns: runs },
      )
    },
    patience,
  )

  it('hold no place against one of the same id that says what happened', () => {
    const rule = { triggeredBy: 'automation', rule: uuidv7() }
    const id = deriveId('waiting', 'occasion')
    const made = { ...onIssue('title_changed', 1, { from: 'One', to: 'By the rule' }), about: rule, id }
    const honest = madeChain(ada)
    honest.add({ streamId: issue, payload: { title: 'One', status: 'open' }, hlc: started * ticksPerMilli })
    honest.add({ ...made, hlc: (started + 1_000_000_000) * ticksPerMilli })
    const hostile = madeChain(uuidv7())
    hostile.add({ ...made, hlc: (started + 900_000_000) * ticksPerMilli })
    const [empty, ...told] = [
      { chain: hostile.replicaId, event: withoutPayload(hostile.after(0).events[0] as ArrivingEvent) },
      ...honest.after(0).events.map((event) => ({ chain: honest.replicaId, event })),
    ]
    for (const order of [
      [empty, ...told],
      [...told, empty],
    ]) {
      const under = opened(`log-${open.length}`)
      under.log.receive(pageOf(order as { chain: string; event: ArrivingEvent }[]))
      expect(under.log.issue(issue).title).toBe('By the rule')
      expect(feed(under)).toHaveLength(2)
      whole(under)
    }
  })
})
