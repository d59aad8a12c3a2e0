import { and, asc, eq, sql } from 'drizzle-orm'
import type { WireEvent } from '#contract/sync-api/wire-events.ts'
import type { AnyStreamType } from '#core/events/event.ts'
import { mayRepeat, type Recording } from '#core/events/repeated-event.ts'
import { plainMetadata } from '#db/log/rows/hash-chain.ts'
import { events } from '../database/schema.ts'
import type { Orm } from '../database/server-database.ts'
import { ServerRefusal } from '../http/refusal.ts'

/** How many replicas may have recorded one event; far more than there are. */
const mostRecordings = 10_000

type Payload = Pick<WireEvent, 'data' | 'metadata'>

/** Whether a rule recorded it, where the payload can be read. */
const isAutomated = ({ data, metadata }: Payload): boolean | undefined =>
  data === undefined
    ? undefined
    : (JSON.parse(metadata ?? plainMetadata) as { triggeredBy?: unknown }).triggeredBy === 'automation'

const recordingOf = ({ streamType, streamId, type, imported, ...payload }: WireEvent): Recording => ({
  streamType,
  streamId,
  type,
  imported: imported === true,
  automated: isAutomated(payload),
})

/** What the workspace holds of these ids; of several recordings the first. */
async function stored(
  orm: Orm,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, Recording>> {
  // One by one through the index, which the limit sees to: left to itself, a database without statistics reads the whole workspace.
  const recording = orm
    .select({
      seq: events.seq,
      id: events.id,
      streamType: events.streamType,
      streamId: events.streamId,
      type: events.type,
      imported: events.imported,
      metadata: events.metadata,
      readable: sql<boolean>`${events.data} IS NOT NULL`.as('readable'),
    })
    .from(events)
    .where(and(eq(events.workspaceId, workspaceId), sql`${events.id} = wanted.id::uuid`))
    .limit(mostRecordings)
    .as('recording')
  const rows = await orm
    .select()
    .from(sql`json_array_elements_text(${JSON.stringify(ids)}::json) AS wanted(id)`)
    .crossJoinLateral(recording)
    .orderBy(asc(recording.seq))
  const found = new Map<string, Recording>()
  for (const {
    recording: { id, streamType, metadata, imported, readable, ...row },
  } of rows)
    if (!found.has(id))
      found.set(id, {
        ...row,
        streamType: streamType as AnyStreamType,
        imported: imported === true,
        automated: isAutomated({
          data: readable ? '' : undefined,
          metadata: metadata ?? undefined,
        }),
      })
  return found
}

/** Refuses what would take another event's place: every copy folds an event once, and the first in total order is the one that counts. */
export async function refuseReplacing(
  orm: Orm,
  workspaceId: string,
  list: readonly WireEvent[],
): Promise<void> {
  if (list.length === 0) return
  const known = await stored(
    orm,
    workspaceId,
    list.map(({ id }) => id),
  )
  for (const event of list) {
    const { id } = event
    const before = known.get(id)
    if (before && !mayRepeat(id, before, recordingOf(event)))
      throw new ServerRefusal('invalid_event', `Event ${id} has the id of another event.`, { event: id })
    if (!before) known.set(id, recordingOf(event))
  }
}
