import { and, asc, eq, getTableColumns, gt, lte, sql } from 'drizzle-orm'
import {
  type ChainReceipt,
  type Hello,
  type HelloRequest,
  type PulledEvent,
  type PulledPage,
  type ServerCursor,
  serverFeatures,
  startCursor,
  type WireChain,
  type WireEvent,
} from '#contract/sync-protocol.ts'
import type { Orm } from './open-database.ts'
import type { Caller } from './push.ts'
import { ServerRefusal } from './refusal.ts'
import { chains, events, workspaces } from './schema.ts'
import { chainSeal } from './secrets.ts'

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

/** Answers a greeting: who is calling, and what the server has. */
export async function hello(orm: Orm, caller: Caller, { cursor }: HelloRequest): Promise<Hello> {
  const { workspaceId, memberId, deviceId, role } = caller
  const workspace = await workspaceOf(orm, workspaceId)
  const list = await orm.select().from(chains).where(eq(chains.workspaceId, workspaceId))
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

/** What comes after a cursor, in the server's order, cut by count and by bytes. @throws ServerRefusal `cursor_unknown` */
export async function pull(
  orm: Orm,
  workspaceId: string,
  { after, mark, limit, bytes, except }: PullRequest,
): Promise<PulledPage> {
  const workspace = await workspaceOf(orm, workspaceId)
  if (!(await isKnown(orm, workspaceId, { seq: after, mark })))
    throw new ServerRefusal(
      'cursor_unknown',
      'The server does not know that place any more: it was restored.',
    )
  const skipped = JSON.stringify([...except].map(([chain, seq]) => ({ chain, seq })))
  // The database cuts by bytes, too: a page of the longest texts there are would not fit the memory of a small server. What comes with it beyond
  // the bytes that were asked for is one event, which says that there is more.
  const sized = orm
    .select({
      ...getTableColumns(events),
      upTo: sql<number>`(sum(${size}) OVER (ORDER BY ${events.seq}))::float8`.as('up_to'),
      before: sql<number>`(sum(${size}) OVER (ORDER BY ${events.seq}) - ${size})::float8`.as('before'),
    })
    .from(events)
    .where(
      and(
        eq(events.workspaceId, workspaceId),
        gt(events.seq, after),
        except.size === 0
          ? undefined
          : sql`NOT EXISTS (SELECT 1 FROM json_to_recordset(${skipped}::json) AS x(chain uuid, seq integer)
              WHERE x.chain = ${events.chain} AND ${events.replicaSeq} <= x.seq)`,
      ),
    )
    .orderBy(asc(events.seq))
    .limit(limit)
    .as('sized')
  const rows = await orm.select().from(sized).where(lte(sized.before, bytes)).orderBy(asc(sized.seq))
  const page = rows.filter(({ upTo }, at) => at === 0 || upTo <= bytes)
  const whole = page.length === rows.length && rows.length < limit
  const last = page.at(-1)
  const cursor = whole ? endOf(workspace, last) : { seq: last?.seq ?? after, mark: last?.mark ?? mark }
  const keys = [...new Set(page.map((row) => row.chain))]
  const known = await orm.select().from(chains).where(eq(chains.workspaceId, workspaceId))
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
    cursor,
    head: Math.max(workspace.lastSeq, cursor.seq),
    more: cursor.seq < workspace.lastSeq,
  }
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

/** The end of what was looked through: nothing but what need not be sent lies between the last row and there. */
function endOf(workspace: typeof workspaces.$inferSelect, last: EventRow | undefined): ServerCursor {
  // A push may have come between the two looks; its events are in `last` then.
  if (last && last.seq > workspace.lastSeq) return { seq: last.seq, mark: last.mark }
  return { seq: workspace.lastSeq, mark: workspace.lastMark }
}

/** The newest place of a workspace; `undefined` where there is none such. */
export async function newestSeq(orm: Orm, workspaceId: string): Promise<number | undefined> {
  const [row] = await orm
    .select({ seq: workspaces.lastSeq })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId))
  return row?.seq
}
