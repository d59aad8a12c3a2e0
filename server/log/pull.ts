import { and, asc, eq, getTableColumns, gt, inArray, lte, type SQLWrapper, sql } from 'drizzle-orm'
import type { Hello, HelloRequest } from '#contract/sync-api/hello.ts'
import { serverFeatures } from '#contract/sync-api/protocol.ts'
import type { LeftOut, PulledEvent, PulledPage } from '#contract/sync-api/pull.ts'
import {
  type ChainReceipt,
  type ServerCursor,
  startCursor,
  type WireChain,
  type WireEvent,
} from '#contract/sync-api/wire-events.ts'
import { hashEnds, inOrder } from '#db/log/rows/hash-chain.ts'
import type { Caller } from '../accounts/caller.ts'
import { chainSeal } from '../accounts/secrets.ts'
import { chains, events, workspaces } from '../database/schema.ts'
import type { Orm } from '../database/server-database.ts'
import { ServerRefusal } from '../http/refusal.ts'

type EventRow = typeof events.$inferSelect

/** Whether the server's order has that mark at that place. */
async function isKnown(orm: Orm, workspaceId: string, { seq, mark }: ServerCursor): Promise<boolean> {
  if (seq === 0) return mark === startCursor.mark
  const [row] = await orm
    .select({ mark: events.mark })
    .from(events)
    .where(and(eq(events.workspaceId, workspaceId), eq(events.seq, seq)))
  return row?.mark === mark
}

async function workspaceOf(orm: Orm, id: string): Promise<typeof workspaces.$inferSelect> {
  const [row] = await orm.select().from(workspaces).where(eq(workspaces.id, id))
  if (!row) throw new ServerRefusal('unknown_workspace', 'There is no such workspace on this server.')
  return row
}

const wireChain = ({ chain, replicaId, forkChain, forkSeq }: typeof chains.$inferSelect): WireChain => ({
  chain,
  replicaId,
  ...(forkChain === null ? {} : { fork: { chain: forkChain, seq: forkSeq ?? 0 } }),
})

type Chains = readonly (typeof chains.$inferSelect)[]

/** The first so many of the server's own chains, by id, where the caller has exactly these to exactly these ends; else none. */
function finishedChains(list: Chains, asked: HelloRequest['finished']): Chains {
  if (!asked) return []
  const own = list.filter(({ memberId, forkChain }) => memberId === null && forkChain === null)
  const first = inOrder(own).slice(0, asked.count)
  const ends = first.map(({ chain, lastSeq: seq, lastHash: hash }) => ({ chain, seq, hash }))
  return first.length === asked.count && hashEnds(ends) === asked.hash ? first : []
}

/** Answers a greeting: who is calling, and what the server has. */
export async function hello(
  orm: Orm,
  caller: Caller,
  { cursor, finished: asked }: HelloRequest,
): Promise<Hello> {
  const { workspaceId, memberId, deviceId, role } = caller
  const workspace = await workspaceOf(orm, workspaceId)
  const all = await orm.select().from(chains).where(eq(chains.workspaceId, workspaceId))
  const finished = finishedChains(all, asked)
  const list = all.filter((row) => !finished.includes(row))
  return {
    workspaceId,
    historyId: workspace.historyId ?? workspaceId,
    name: workspace.name,
    encrypted: workspace.key > 0,
    key: workspace.key,
    needsKey: workspace.needsKey,
    member: { id: memberId, role },
    deviceId,
    cursor: { seq: workspace.lastSeq, mark: workspace.lastMark },
    cursorKnown: await isKnown(orm, workspaceId, cursor),
    chains: list.map((row) => ({ ...wireChain(row), seq: row.lastSeq, hash: row.lastHash })),
    serverChains: list.flatMap((row) => (row.memberId === null ? row.chain : [])),
    ...(finished.length > 0 ? { finished: finished.length } : {}),
    understands: serverFeatures,
  }
}

function wireEvent(row: EventRow): WireEvent {
  return {
    id: row.id,
    streamType: row.streamType as WireEvent['streamType'],
    streamId: row.streamId,
    type: row.type,
    schemaVersion: row.schemaVersion,
    actorId: row.actorId,
    replicaSeq: row.replicaSeq,
    hlc: row.hlc,
    occurredAt: row.occurredAt,
    hash: row.hash,
    ...(row.data === null ? {} : { data: row.data }),
    ...(row.metadata === null ? {} : { metadata: row.metadata }),
    ...(row.sealed === null ? {} : { sealed: row.sealed }),
    ...(row.key === null ? {} : { key: row.key }),
    ...(row.payloadHash === null ? {} : { payloadHash: row.payloadHash }),
    ...(row.imported ? { imported: true } : {}),
    ...(row.number === null ? {} : { number: row.number }),
  }
}

/** What an event comes to as it is sent, in bytes; PostgreSQL knows that of a long text without reading it. */
const size = sql`(500 + coalesce(octet_length(${events.data}), 0) + coalesce(octet_length(${events.metadata}), 0)
  + coalesce(octet_length(${events.sealed}), 0))`

export type PullRequest = {
  readonly after: number
  readonly mark: string
  readonly limit: number
  readonly bytes: number
  /** Chains that need not be sent back, each up to a place. */
  readonly except: ReadonlyMap<string, number>
}

/** A place of the order that was looked at; what is left out comes without its payload and counts no bytes. */
type LookedAt = EventRow & { readonly leftOut: boolean; readonly upTo: number }

/**
 * The next `count` places after one, of which the first events up to `bytes` come, and at least one. Places have no gaps, so that both ends of the
 * stretch are known: the database reads it along the index and nothing beside it, also one that never gathered any statistics. Left to find
 * the first so many by itself, such a one reads and sorts all that is left of the workspace.
 */
async function stretch(
  orm: Orm,
  workspaceId: string,
  { after, count, bytes, except }: Omit<PullRequest, 'mark' | 'limit'> & { readonly count: number },
): Promise<readonly LookedAt[]> {
  const skipped = JSON.stringify([...except].map(([of, upTo]) => ({ of, up_to: upTo })))
  // Named otherwise than the table's own columns, which drizzle writes without their table here.
  const leftOut =
    except.size === 0
      ? sql<boolean>`false`
      : sql<boolean>`EXISTS (SELECT 1 FROM json_to_recordset(${skipped}::json) AS x(of uuid, up_to integer)
          WHERE x.of = ${events.chain} AND ${events.replicaSeq} <= x.up_to)`
  const sent = (column: SQLWrapper) => sql<string | null>`CASE WHEN NOT ${leftOut} THEN ${column} END`
  const counted = sql`(CASE WHEN ${leftOut} THEN 0 ELSE ${size} END)`
  // The database cuts by bytes, too: a page of the longest texts there are would not fit the memory of a small server. What comes with it beyond
  // the bytes that were asked for is one event, which says that there is more.
  const sized = orm
    .select({
      ...getTableColumns(events),
      data: sent(events.data).as('sent_data'),
      metadata: sent(events.metadata).as('sent_metadata'),
      sealed: sent(events.sealed).as('sent_sealed'),
      leftOut: leftOut.as('left_out'),
      upTo: sql<number>`(sum(${counted}) OVER (ORDER BY ${events.seq}))::float8`.as('up_to'),
      before: sql<number>`(sum(${counted}) OVER (ORDER BY ${events.seq}) - ${counted})::float8`.as('before'),
    })
    .from(events)
    .where(and(eq(events.workspaceId, workspaceId), gt(events.seq, after), lte(events.seq, after + count)))
    .as('sized')
  return orm.select().from(sized).where(lte(sized.before, bytes)).orderBy(asc(sized.seq))
}

/** One page looks through at most so many stretches of its limit where they hold next to nothing that is to be sent. */
const mostStretches = 4

/** What a page is made of: the places from the cursor on without a gap, those left out too. */
async function lookThrough(orm: Orm, workspaceId: string, request: PullRequest): Promise<LookedAt[]> {
  const { limit, bytes, except } = request
  const looked: LookedAt[] = []
  let [sent, used] = [0, 0]
  for (let stretches = 0; stretches < mostStretches && sent < limit; stretches++) {
    const after = looked.at(-1)?.seq ?? request.after
    const [count, room] = [limit - sent, bytes - used]
    if (room <= 0) break
    const rows = await stretch(orm, workspaceId, { after, count, bytes: room, except })
    for (const row of rows) {
      if (!row.leftOut && sent > 0 && row.upTo > room) return looked
      looked.push(row)
      if (!row.leftOut) sent += 1
    }
    if (rows.length < count) break
    used += rows.at(-1)?.upTo ?? 0
  }
  return looked
}

/** What comes after a cursor, in the server's order, cut by count and by bytes. @throws ServerRefusal `cursor_unknown` */
export async function pull(orm: Orm, workspaceId: string, request: PullRequest): Promise<PulledPage> {
  const { after, mark } = request
  const workspace = await workspaceOf(orm, workspaceId)
  if (!(await isKnown(orm, workspaceId, { seq: after, mark })))
    throw new ServerRefusal(
      'cursor_unknown',
      'The server does not know that place any more: it was restored.',
    )
  const looked = await lookThrough(orm, workspaceId, request)
  const page = looked.filter((row) => !row.leftOut)
  const last = looked.at(-1)
  const cursor = last ? { seq: last.seq, mark: last.mark } : { seq: after, mark }
  const keys = [...new Set(page.map((row) => row.chain))]
  // Chains of servers that are gone pile up: a page reads those that it speaks of.
  const known =
    keys.length === 0
      ? []
      : await orm
          .select()
          .from(chains)
          .where(and(eq(chains.workspaceId, workspaceId), inArray(chains.chain, keys)))
  return {
    chains: keys.map((key) => wireChain(known.find((row) => row.chain === key) as (typeof known)[number])),
    events: page.map(
      (row): PulledEvent => ({
        chain: keys.indexOf(row.chain),
        event: wireEvent(row),
        ...(row.aheadMillis === null ? {} : { aheadMillis: row.aheadMillis }),
      }),
    ),
    receipts: keys.map((key) =>
      receiptFor(workspace, page.findLast((row) => row.chain === key) as EventRow, ownerOf(known, key)),
    ),
    leftOut: runsOf(looked),
    cursor,
    head: Math.max(workspace.lastSeq, cursor.seq),
    more: last !== undefined && cursor.seq < workspace.lastSeq,
  }
}

/** The left-out places, in runs: next to each other in the server's order and in their chain. */
function runsOf(looked: readonly LookedAt[]): LeftOut[] {
  const runs: { place: number; chain: string; seq: number; count: number }[] = []
  for (const { leftOut, seq: place, chain, replicaSeq: seq } of looked) {
    if (!leftOut) continue
    const run = runs.at(-1)
    if (run?.chain === chain && place === run.place + run.count && seq === run.seq + run.count) run.count += 1
    else runs.push({ place, chain, seq, count: 1 })
  }
  return runs
}

const ownerOf = (known: readonly (typeof chains.$inferSelect)[], chain: string): string | null =>
  known.find((row) => row.chain === chain)?.memberId ?? null

function receiptFor(
  { secret }: typeof workspaces.$inferSelect,
  { chain, replicaSeq: seq, hash }: EventRow,
  memberId: string | null,
): ChainReceipt {
  const end = { chain, seq, hash, memberId }
  return { ...end, seal: chainSeal(secret, end) }
}

/** The newest place of a workspace; `undefined` where there is none such. */
export async function newestSeq(orm: Orm, workspaceId: string): Promise<number | undefined> {
  const [row] = await orm
    .select({ seq: workspaces.lastSeq })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId))
  return row?.seq
}
