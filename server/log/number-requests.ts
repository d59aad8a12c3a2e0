import { and, eq, sql } from 'drizzle-orm'
import type { WireEvent } from '#contract/sync-api/wire-events.ts'
import { genesis } from '#db/log/rows/hash-chain.ts'
import { chains, issueNumbers } from '../database/schema.ts'
import type { Orm } from '../database/server-database.ts'
import { mostNumber, type Numbering } from './issue-numbering.ts'

/** What becomes of the numbers that a piece of a chain asks for. */
export type Wishes = {
  /** Whose each number is that the piece got or spoke of. */
  readonly taken: Map<number, string>
  /** The events whose issues need a number from the server: they ask for none, or for one that is another issue's. */
  readonly open: ReadonlySet<WireEvent>
  /** The highest number of the workspace so far, this piece's included. */
  readonly highest: number
}

/** A copy that left its server for a while numbered its issues itself: that is a wish like any other. */
const wantsNumber = ({ streamType, type }: WireEvent): boolean =>
  streamType === 'issue' && (type === 'created' || type === 'numbered')

/** The number that an event asks for, where that can be had at all. */
function wantedNumber(event: WireEvent): number | undefined {
  const { type, data, number } = event
  if (!wantsNumber(event)) return undefined
  // A payload of a version that only a newer Docket knows may say anything there.
  const wanted = type === 'numbered' ? (JSON.parse(data ?? '{}') as { number?: unknown }).number : number
  const usable = typeof wanted === 'number' && Number.isSafeInteger(wanted) && wanted > 0
  return usable && wanted <= mostNumber ? wanted : undefined
}

/** Grants each number that is asked for and free. @param last the highest number that the workspace has given so far. */
export async function wishes(
  orm: Orm,
  workspaceId: string,
  list: readonly WireEvent[],
  last: number,
): Promise<Wishes> {
  const wanted = new Map(list.filter(wantsNumber).map((event) => [event, wantedNumber(event)]))
  const taken = await holders(
    orm,
    workspaceId,
    [...wanted.values()].filter((number) => number !== undefined),
  )
  const open = new Set<WireEvent>()
  /** Issues that got a number from their own copy, after they were written. */
  const asking = new Set(list.filter(({ type }) => type === 'numbered').map(({ streamId }) => streamId))
  let highest = last
  for (const [event, number] of wanted) {
    if (event.type === 'created' && number === undefined && asking.has(event.streamId)) continue
    const holder = number === undefined ? undefined : taken.get(number)
    if (number === undefined || (holder !== undefined && holder !== event.streamId)) {
      open.add(event)
      continue
    }
    taken.set(number, event.streamId)
    highest = Math.max(highest, number)
  }
  return { taken, open, highest }
}

async function holders(
  orm: Orm,
  workspaceId: string,
  numbers: readonly number[],
): Promise<Map<number, string>> {
  if (numbers.length === 0) return new Map()
  // One by one through the index, which the limit sees to: left to itself, a database without statistics reads all numbers of the workspace.
  const holder = orm
    .select({ number: issueNumbers.number, streamId: issueNumbers.streamId })
    .from(issueNumbers)
    .where(
      and(eq(issueNumbers.workspaceId, workspaceId), sql`${issueNumbers.number} = wanted.number::integer`),
    )
    .limit(1)
    .as('holder')
  const rows = await orm
    .select({ number: holder.number, streamId: holder.streamId })
    .from(sql`json_array_elements_text(${JSON.stringify(numbers)}::json) AS wanted(number)`)
    .crossJoinLateral(holder)
  return new Map(rows.map(({ number, streamId }) => [number, streamId]))
}

/** Writes down whose the numbers are. */
export async function keepNumbers(
  orm: Orm,
  workspaceId: string,
  taken: ReadonlyMap<number, string>,
): Promise<void> {
  if (taken.size === 0) return
  const rows = JSON.stringify([...taken].map(([number, id]) => ({ number, id })))
  await orm.execute(sql`INSERT INTO issue_numbers (workspace_id, number, stream_id)
    SELECT ${workspaceId}::uuid, r.number, r.id FROM json_to_recordset(${rows}::json) AS r(number integer, id uuid)
    ON CONFLICT DO NOTHING`)
}

/**
 * The server's own chain goes on where the database has it end. A transaction that was rolled back, or a database that was restored under a running
 * server, has it end elsewhere: then the server goes on under another name, and no place is written twice or left out.
 */
export async function agreeOnOwnChain(orm: Orm, workspaceId: string, numbering: Numbering): Promise<void> {
  const [stored] = await orm
    .select({ seq: chains.lastSeq, hash: chains.lastHash })
    .from(chains)
    .where(and(eq(chains.workspaceId, workspaceId), eq(chains.chain, numbering.chainOf(workspaceId))))
  const { seq, hash } = numbering.end(workspaceId)
  if (seq !== (stored?.seq ?? 0) || hash !== (stored?.hash ?? genesis)) numbering.beginAnew(workspaceId)
}
