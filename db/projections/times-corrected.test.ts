import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { eventRegistry } from '#core/event-registry.ts'
import type { NewEvent, RecordedEvent } from '#core/events/event.ts'
import { inTotalOrder, totalOrder } from '#core/events/event-order.ts'
import { foldIssue, type IssueEvent } from '#core/issue/evolve.ts'
import { firstInstant, lastInstant } from '#core/time/instant.ts'
import { chainReader } from '../log/read/chain-reader.ts'
import { countedEvents, markOf } from '../log/read/counted-events.ts'
import { eventTexts } from '../log/read/event-texts.ts'
import type { SqliteEventLog } from '../log/sqlite-log.ts'
import { feedQuery } from '../queries/feed-query.ts'
import { historyStripQuery } from '../queries/history-strip-query.ts'
import { stateDigests } from '../queries/state-digest.ts'
import { openDatabase, type WriteDatabase } from '../sqlite/open-database.ts'
import { statementCache } from '../sqlite/statement-cache.ts'
import { asynchronousProjections } from './asynchronous-projections.ts'
import { openEventLog } from './event-log.ts'
import { rebuildProjections } from './rebuild.ts'
import { projectionProblems } from './verify-projections.ts'

const day = 86_400_000
const start = Date.UTC(2026, 2, 2, 9)
const workspace = { type: 'workspace', id: '00000000-0000-7000-8000-0000000000ff' } as const
const people = ['a', 'b', 'c'].map((letter) => `00000000-0000-7000-8000-0000000000a${letter}`) as [
  string,
  string,
  string,
]
const [founder, other, stranger] = people
const issue = (n: number) => ({ type: 'issue', id: `00000000-0000-7000-8000-00000000000${n}` }) as const

type Copy = {
  readonly database: WriteDatabase
  readonly log: SqliteEventLog
  readonly chain: () => string
  /** Records as somebody, with a clock that shows `at`. */
  record(
    event: Pick<NewEvent, 'type' | 'data'>,
    on: { type: 'issue' | 'workspace'; id: string },
    at?: number,
    actorId?: string,
  ): RecordedEvent
  /** Takes in all that another copy recorded. */
  pull(from: Copy, most?: number): void
}

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean()
})

let counter = 0
const newId = (): string => `00000000-0000-7000-9000-${(++counter).toString(16).padStart(12, '0')}`

function copyOf(member: string): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'docket-times-'))
  const opened = openDatabase(join(folder, 'log.db'), { durability: 'NORMAL' })
  if (!opened.ok) throw new Error(opened.error.message)
  const database = opened.value
  let clock = start
  const log = openEventLog(database, { registry: eventRegistry(), now: () => clock, newId })
  const reader = chainReader(database, log.streamIds)
  cleanups.push(() => {
    database.client.close()
    rmSync(folder, { recursive: true })
  })
  const copy: Copy & { readonly reader: typeof reader } = {
    database,
    log,
    reader,
    chain: () => reader.ends().find(({ own }) => own)?.chain ?? '',
    record({ type, data }, on, at = start, actorId = member) {
      clock = at
      const [recorded] = log.append(on, [{ id: newId(), type, data, actorId }]).events
      return recorded as RecordedEvent
    },
    pull(from, most = 1_000) {
      const theirs = chainReader(from.database, from.log.streamIds)
      const own = from.chain()
      const have = reader.ends().find(({ chain }) => chain === own)?.seq ?? 0
      const events = theirs.page(own, have, most, 1e9).map((event) => ({ chain: 0, event }))
      if (events.length > 0) log.receive({ chains: [{ chain: own, replicaId: own }], events })
    },
  }
  log.followHistory(workspace.id)
  return copy
}

const created = { type: 'created', data: { title: 'One', status: 'open' } }
const commented = () => ({ type: 'commented', data: { commentId: newId(), body: 'Hello' } })
const corrected = (chain: string, fromSeq: number, toSeq: number, byMillis: number) => ({
  type: 'times_corrected',
  data: { chain, fromSeq, toSeq, byMillis },
})
const noted = (...owners: readonly string[]) => ({ type: 'owners_noted', data: { owners } })
const made = { type: 'workspace_created', data: { name: 'Ours', keyPrefix: 'DOC' } }

/** What every copy must come to, worked out from the rows alone. */
function expected(copy: Copy): readonly (RecordedEvent & { readonly at: number })[] {
  const rows = copy.database.client
    .prepare('SELECT position, chain_id AS chainId, replica_seq AS seq, occurred_at AS at FROM events')
    .all() as { position: number; chainId: number; seq: number; at: number }[]
  const byPosition = new Map(rows.map((row) => [row.position, row]))
  const all = copy.log.readAll(0 as never, 10_000)
  const keys = new Map(
    (
      copy.database.client.prepare('SELECT id, lower(hex(key)) AS key FROM chains').all() as {
        id: number
        key: string
      }[]
    ).map(({ id, key }) => [id, key]),
  )
  const firsts = new Map<string, string>()
  for (const event of all) if (!firsts.has(event.replicaId)) firsts.set(event.replicaId, event.actorId)
  let owners: readonly string[] = [founder]
  const corrections: RecordedEvent[] = []
  for (const event of all.toSorted(totalOrder))
    if (event.type === 'owners_noted' && owners.includes(event.actorId))
      owners = (event.data as { owners: string[] }).owners
    else if (
      event.type === 'times_corrected' &&
      (owners.includes(event.actorId) ||
        event.actorId === firsts.get((event.data as { chain: string }).chain))
    )
      corrections.push(event)
  return all.map((event) => {
    const row = byPosition.get(event.position) as (typeof rows)[number]
    const by = corrections
      .map(({ data }) => data as { chain: string; fromSeq: number; toSeq: number; byMillis: number })
      .filter(
        ({ chain, fromSeq, toSeq }) =>
          chain.replaceAll('-', '') === keys.get(row.chainId) && row.seq >= fromSeq && row.seq <= toSeq,
      )
      .reduce((sum, { byMillis }) => sum + byMillis, 0)
    return { ...event, at: Math.min(Math.max(row.at + by, firstInstant), lastInstant) }
  })
}

function expectAsFolded(copy: Copy): void {
  const all = expected(copy)
  expect(all.map(({ occurredAt }) => occurredAt)).toEqual(all.map(({ at }) => at))
  const feed = feedQuery(copy.database, copy.log.streamIds, copy.log.toEvent)
  const newestFirst = all.toSorted((a, b) => b.at - a.at || b.position - a.position)
  const paged: string[] = []
  for (let before: { occurredAt: number; position: number } | undefined; ; ) {
    const page = feed.page({ kind: 'workspace' }, { limit: 3, before })
    paged.push(...page.map(({ event }) => event.id))
    const last = page.at(-1)?.event
    if (!last) break
    before = { occurredAt: last.occurredAt, position: last.position }
  }
  expect(paged).toEqual(newestFirst.map(({ id }) => id))
  const counted = countedEvents(copy.database, copy.log.streamIds)
  const ofIssues = all.filter(({ streamType }) => streamType === 'issue')
  const isIssue = (stream: number) => copy.log.streamIds.stream(stream).type === 'issue'
  const found = [...counted.pieces()].flatMap(({ at, mark }) =>
    at.filter((_, place) => isIssue(markOf(mark[place] as number).stream)),
  )
  expect(found.sort((a, b) => a - b)).toEqual(ofIssues.map(({ at }) => at).sort((a, b) => a - b))
  for (const [from, to] of [
    [start, start + day],
    [start + day, start + 500 * day],
    [Number.MIN_SAFE_INTEGER, start],
  ] as const)
    for (const n of [1, 2]) {
      const stream = copy.log.streamIds.find(issue(n).id, 'issue')?.id ?? -1
      const streams = statementCache(copy.database).all(counted.streams(from, to)) as { id: number }[]
      const expected = ofIssues.some(({ streamId, at }) => streamId === issue(n).id && at >= from && at < to)
      expect(counted.isActive(stream, from, to)).toBe(expected)
      expect(streams.some(({ id }) => id === stream)).toBe(expected)
    }
  const ofActor = feed.page({ kind: 'actor', memberId: other }, { limit: 500 })
  expect(ofActor.map(({ event }) => event.id)).toEqual(
    newestFirst.filter(({ actorId }) => actorId === other).map(({ id }) => id),
  )
  for (const n of [1, 2]) {
    const { id } = issue(n)
    const own = inTotalOrder(all.filter(({ streamId }) => streamId === id)).map((event) => ({
      ...event,
      occurredAt: event.at,
    }))
    const folded = foldIssue(id, own as unknown as IssueEvent[])
    expect(copy.log.issue(id)).toEqual(folded)
    for (const at of [start, start + 3 * day, start + 400 * day])
      expect(copy.log.issueAsOf(id, at)).toEqual(
        foldIssue(id, own.filter(({ occurredAt }) => occurredAt <= at) as unknown as IssueEvent[]),
      )
    const row = copy.database.client
      .prepare(
        'SELECT created_at, updated_at FROM issues JOIN streams ON streams.id = issues.id WHERE lower(hex(uuid)) = ?',
      )
      .get(id.replaceAll('-', ''))
    if (folded.exists) expect(row).toEqual({ created_at: folded.createdAt, updated_at: folded.updatedAt })
  }
}

function catchUp(copy: Copy): void {
  const behind = asynchronousProjections(copy.database, copy.log)
  while (behind.step(7));
}

const options = { registry: eventRegistry(), now: () => start, newId }
const digest = (copy: Copy) => stateDigests(copy.database).now().digest

describe('times that were corrected', () => {
  it('are what everything goes by that goes by time, and go back with a correction the other way', () => {
    const copy = copyOf(founder)
    copy.record(made, workspace)
    copy.record(created, issue(1))
    copy.record(created, issue(2), start + 700 * day)
    copy.record(commented(), issue(1), start + 1_000)
    catchUp(copy)
    const before = digest(copy)
    const feed = feedQuery(copy.database, copy.log.streamIds, copy.log.toEvent)
    const strip = historyStripQuery(copy.database, copy.log.streamIds)
    const spanOf = () => (strip.ofScope({ kind: 'workspace' }).buckets.at(-1)?.to ?? 0) - start
    expect(spanOf()).toBeGreaterThan(699 * day)
    const hashes = () =>
      copy.database.client.prepare('SELECT occurred_at, hash FROM events WHERE position < 5').all()
    const stored = hashes()

    copy.record(corrected(copy.chain(), 3, 3, -700 * day + 500), workspace, start + 2_000)
    catchUp(copy)
    expect(hashes()).toEqual(stored)
    expect(feed.page({ kind: 'workspace' }, { limit: 9 }).map(({ event }) => event.type)).toEqual([
      'times_corrected',
      'commented',
      'created',
      'created',
      'workspace_created',
    ])
    expect(feed.page({ kind: 'workspace' }, { limit: 9 })[2]?.event).toMatchObject({
      streamId: issue(2).id,
      occurredAt: start + 500,
      recordedAt: start + 700 * day,
    })
    expect(copy.log.issue(issue(2).id)).toMatchObject({ createdAt: start + 500, updatedAt: start + 500 })
    expect(copy.log.issueAsOf(issue(2).id, start + 600).exists).toBe(true)
    expect(spanOf()).toBeLessThan(2 * day)
    expect([...eventTexts(copy.database)].map(({ occurredAt }) => occurredAt)[2]).toBe(start + 500)
    expectAsFolded(copy)
    expect(digest(copy)).not.toBe(before)
    expect(rebuildProjections(copy.database, options).repaired).toEqual([])

    copy.record(corrected(copy.chain(), 3, 3, 700 * day - 500), workspace, start + 3_000)
    catchUp(copy)
    expect(copy.log.issue(issue(2).id).createdAt).toBe(start + 700 * day)
    expect(digest(copy)).toBe(before)
    expectAsFolded(copy)
    expect(rebuildProjections(copy.database, options).repaired).toEqual([])
  })

  it('are what another connection sees, too', () => {
    const copy = copyOf(founder)
    copy.record(made, workspace)
    copy.record(created, issue(1), start + 700 * day)
    const opened = openDatabase(copy.database.file)
    if (!opened.ok) throw new Error(opened.error.message)
    const second = openEventLog(opened.value, options)
    expect(second.issue(issue(1).id).createdAt).toBe(start + 700 * day)
    copy.record(corrected(copy.chain(), 2, 2, -700 * day), workspace)
    expect(second.issue(issue(1).id).createdAt).toBe(start)
    expect(second.readStream(issue(1))[0]).toMatchObject({ occurredAt: start, recordedAt: start + 700 * day })
    opened.value.client.close()
  })

  it('stay within the years there are', () => {
    const copy = copyOf(founder)
    copy.record(made, workspace)
    copy.record(created, issue(1))
    const most = lastInstant - firstInstant
    for (let count = 0; count < 40; count++) copy.record(corrected(copy.chain(), 2, 2, most), workspace)
    expect(copy.log.issue(issue(1).id).createdAt).toBe(lastInstant)
    for (let count = 0; count < 40; count++) copy.record(corrected(copy.chain(), 2, 2, -most), workspace)
    expect(copy.log.issue(issue(1).id).createdAt).toBe(start)
    for (const wrong of [
      corrected(copy.chain(), 2, 1, 5),
      corrected(copy.chain(), 0, 1, 5),
      corrected(copy.chain(), 1, 10_001, 5),
      corrected(copy.chain(), 1, 1, 0),
      corrected(copy.chain(), 1, 1, most + 1),
      corrected(copy.chain(), 1, 1, 0.5),
    ])
      expect(() => copy.record(wrong, workspace)).toThrow()
  })

  it('of a chain are its own member’s and the owners’ to correct; what others say of them is kept and does nothing', () => {
    const copies = [copyOf(founder), copyOf(other)] as const
    const [ours, theirs] = copies
    ours.record(made, workspace)
    ours.record(created, issue(1))
    theirs.pull(ours)
    theirs.record(created, issue(2))
    theirs.record(corrected(ours.chain(), 1, 2, -day), workspace, start, other)
    theirs.record(corrected(theirs.chain(), 1, 1, -day), workspace, start, stranger)
    ours.pull(theirs)
    for (const copy of copies) {
      expect(copy.log.issue(issue(1).id).createdAt).toBe(start)
      expect(copy.log.issue(issue(2).id).createdAt).toBe(start)
      expect(copy.log.position()).toBe(5)
    }
    theirs.record(corrected(theirs.chain(), 1, 1, -day), workspace, start, other)
    ours.pull(theirs)
    ours.record(corrected(theirs.chain(), 1, 1, -day), workspace)
    theirs.pull(ours)
    for (const copy of copies) expect(copy.log.issue(issue(2).id).createdAt).toBe(start - 2 * day)
  })

  it('of anybody are every owner’s to correct, from where an owner says who they are until one says otherwise', () => {
    const copies = [copyOf(founder), copyOf(other), copyOf(stranger)] as const
    const [ours, theirs, third] = copies
    const meet = () => {
      for (const copy of copies) for (const peer of copies) if (peer !== copy) copy.pull(peer)
    }
    ours.record(made, workspace)
    ours.record(created, issue(1))
    meet()
    const createdAt = () => {
      meet()
      for (const copy of copies) expectAsFolded(copy)
      const [first, ...rest] = copies.map((copy) => copy.log.issue(issue(1).id).createdAt)
      for (const at of rest) expect(at).toBe(first)
      return ((first ?? 0) - start) / day
    }
    // Nobody makes himself one, nor is what was said before he was counted later.
    third.record(noted(stranger), workspace)
    third.record(corrected(ours.chain(), 2, 2, day), workspace, start + 1)
    expect(createdAt()).toBe(0)
    meet()
    ours.record(noted(founder, other, stranger), workspace, start + 2)
    expect(createdAt()).toBe(0)
    third.record(corrected(ours.chain(), 2, 2, day), workspace, start + 3)
    expect(createdAt()).toBe(1)
    // One of them may say that the founder and another are none any more; what they corrected stays.
    theirs.record(noted(other), workspace, start + 4)
    meet()
    third.record(corrected(ours.chain(), 2, 2, day), workspace, start + 5)
    ours.record(corrected(theirs.chain(), 1, 1, day), workspace, start + 5)
    expect(createdAt()).toBe(1)
    expect(ours.log.corrections.owners()).toEqual([other])
    theirs.record(corrected(ours.chain(), 2, 2, day), workspace, start + 6)
    expect(createdAt()).toBe(2)
    for (const copy of copies) expect(rebuildProjections(copy.database, options).repaired).toEqual([])
  })

  it('of many events come in pieces, each whole in itself, and go on where they were left', () => {
    const copies = [copyOf(founder), copyOf(other)] as const
    const [ours, theirs] = copies
    ours.record(made, workspace)
    for (let n = 1; n <= 4; n++) ours.record(created, issue(n))
    for (let n = 0; n < 400; n++) ours.record(commented(), issue(1 + (n % 4)), start + 30 * day + n)
    catchUp(ours)
    theirs.pull(ours)
    catchUp(theirs)
    const whole = corrected(ours.chain(), 3, 390, -20 * day)
    ours.record(whole, workspace, start + 1)
    theirs.pull(ours)
    for (const copy of copies) {
      const moved = () =>
        Number(copy.database.client.prepare('SELECT count(*) FROM corrected_times').pluck().get())
      const { log } = copy
      expect(log.corrections.pending()).toBe(true)
      expect(moved()).toBeGreaterThan(0)
      expect(moved()).toBeLessThan(100)
      // What is there is what the events come to with the part of the correction that has its effect.
      const before = moved()
      expect(
        projectionProblems(copy.database.file, { registry: eventRegistry() }).map((each) => each.projection),
      ).toEqual([])
      expect(log.correctOn(40)).toBe(true)
      expect(moved()).toBe(before + 40)
      expect(projectionProblems(copy.database.file, { registry: eventRegistry() })).toEqual([])
    }
    // Another correction in the middle, of which a part has its effect already, and one that arrives with what it is of.
    ours.record(corrected(ours.chain(), 50, 300, 5 * day), workspace, start + 2)
    ours.record(commented(), issue(1), start + 30 * day)
    theirs.pull(ours)
    for (const copy of copies) {
      // As after a start: nothing is remembered but what the file says.
      const opened = openDatabase(copy.database.file, { durability: 'NORMAL' })
      if (!opened.ok) throw new Error(opened.error.message)
      const log = openEventLog(opened.value, options)
      const behind = asynchronousProjections(opened.value, log)
      for (let steps = 0; log.corrections.pending(); steps++) {
        expect(steps).toBeLessThan(100)
        behind.step(30)
      }
      while (behind.step(100));
      opened.value.client.close()
      expectAsFolded(copy)
      expect(projectionProblems(copy.database.file, { registry: eventRegistry() })).toEqual([])
      expect(rebuildProjections(copy.database, options).repaired).toEqual([])
    }
    expect(digest(ours)).toBe(digest(theirs))
  })

  it('come to the same on copies that met in any order, and to what a fold with the corrected times is', () => {
    const step = fc.record({
      by: fc.nat(1),
      kind: fc.constantFrom('write', 'write', 'write', 'correct', 'stranger', 'owners', 'pull'),
      n: fc.integer({ min: 1, max: 2 }),
      of: fc.nat(1),
      from: fc.integer({ min: 1, max: 14 }),
      length: fc.nat(12),
      millis: fc.integer({ min: -500, max: 500 }),
      most: fc.integer({ min: 1, max: 4 }),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 4, maxLength: 24 }), (steps) => {
        const copies = [copyOf(founder), copyOf(other)] as const
        copies[0].record(made, workspace)
        copies[0].record(created, issue(1))
        copies[1].record(created, issue(2))
        for (const { by, kind, n, of, from, length, millis, most } of steps) {
          const copy = copies[by] as Copy
          const peer = copies[1 - by] as Copy
          if (kind === 'pull') copy.pull(peer, most)
          else if (kind === 'owners') {
            const named = [founder, other, stranger].filter((_, at) => (length & (1 << at)) !== 0)
            copy.record(noted(...(named.length > 0 ? named : [founder])), workspace)
          } else if (kind === 'write')
            copy.record(
              copy.log.streamVersion(issue(n)) === 0 ? created : commented(),
              issue(n),
              start + millis * day,
            )
          else {
            const chain = (copies[of] as Copy).chain()
            const event = corrected(chain, from, from + length, (millis || 1) * day + 1)
            copy.record(event, workspace, start, kind === 'stranger' ? stranger : undefined)
          }
          if (from === 1) catchUp(copy)
        }
        copies[0].pull(copies[1])
        copies[1].pull(copies[0])
        for (const copy of copies) {
          catchUp(copy)
          expectAsFolded(copy)
          expect(rebuildProjections(copy.database, options).repaired).toEqual([])
        }
        expect(digest(copies[0])).toBe(digest(copies[1]))
        const order = (copy: Copy) =>
          copy.log
            .readAll(0 as never, 1_000)
            .toSorted(totalOrder)
            .map(({ id, occurredAt }) => [id, occurredAt])
        expect(order(copies[0])).toEqual(order(copies[1]))
        for (const clean of cleanups.splice(0)) clean()
      }),
      { numRuns: 25 },
    )
  }, 120_000)
})
