import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect } from 'vitest'
import { eventRegistry } from '#core/event-registry.ts'
import type { NewEvent, RecordedEvent } from '#core/events/event.ts'
import { inTotalOrder, totalOrder } from '#core/events/event-order.ts'
import { foldIssue } from '#core/issue/evolve.ts'
import type { IssueEvent } from '#core/issue/issue-event.ts'
import { firstInstant, lastInstant } from '#core/time/instant.ts'
import { chainReader } from '../../log/read/chain-reader.ts'
import { countedEvents, markOf } from '../../log/read/counted-events.ts'
import type { SqliteEventLog } from '../../log/sqlite-log.ts'
import { feedQuery } from '../../queries/feed-query.ts'
import { stateDigests } from '../../queries/state-digest.ts'
import { openDatabase, type WriteDatabase } from '../../sqlite/open-database.ts'
import { statementCache } from '../../sqlite/statement-cache.ts'
import { asynchronousProjections } from '../asynchronous-projections.ts'
import { openEventLog } from '../event-log.ts'

export const day = 86_400_000
export const start = Date.UTC(2026, 2, 2, 9)
export const workspace = { type: 'workspace', id: '00000000-0000-7000-8000-0000000000ff' } as const
export const people = ['a', 'b', 'c'].map((letter) => `00000000-0000-7000-8000-0000000000a${letter}`) as [
  string,
  string,
  string,
]
export const [founder, other, stranger] = people
export const issue = (n: number) =>
  ({ type: 'issue', id: `00000000-0000-7000-8000-00000000000${n}` }) as const

export type Copy = {
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

export const cleanups: (() => void)[] = []
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean()
})

let counter = 0
export const newId = (): string => `00000000-0000-7000-9000-${(++counter).toString(16).padStart(12, '0')}`

export function copyOf(member: string): Copy {
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

export const created = { type: 'created', data: { title: 'One', status: 'open' } }
export const commented = () => ({ type: 'commented', data: { commentId: newId(), body: 'Hello' } })
export const corrected = (chain: string, fromSeq: number, toSeq: number, byMillis: number) => ({
  type: 'times_corrected',
  data: { chain, fromSeq, toSeq, byMillis },
})
export const noted = (...owners: readonly string[]) => ({ type: 'owners_noted', data: { owners } })
export const made = { type: 'workspace_created', data: { name: 'Ours', keyPrefix: 'DOC' } }

/** What every copy must come to, worked out from the rows alone. */
export function expected(copy: Copy): readonly (RecordedEvent & { readonly at: number })[] {
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

export function expectAsFolded(copy: Copy): void {
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

export function catchUp(copy: Copy): void {
  const behind = asynchronousProjections(copy.database, copy.log)
  while (behind.step(7));
}

export const options = { registry: eventRegistry(), now: () => start, newId }
export const digest = (copy: Copy) => stateDigests(copy.database).now().digest
