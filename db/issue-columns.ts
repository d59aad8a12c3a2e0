import { asc, desc, gt, sql } from 'drizzle-orm'
import { setBit } from './bitmap.ts'
import { inList, listParameter } from './lookup.ts'
import type { ReadDatabase } from './open-database.ts'
import { events, issueAssignees, issueLabels, issues, settings, streams } from './schema.ts'

/** What lists filter and sort by, a column each, at the place of the issue's surrogate. */
export type Columns = {
  /** Places there is room for; a multiple of 32. */
  readonly room: number
  readonly present: Uint32Array
  readonly archived: Uint32Array
  readonly open: Uint8Array
  /** Index into `statuses`. */
  readonly status: Uint16Array
  readonly priority: Uint8Array
  /** The day as a number, 20250131; 0 without one. */
  readonly due: Uint32Array
  readonly author: Uint32Array
  /** The project's surrogate; 0 without one. */
  readonly project: Uint32Array
  readonly created: Float64Array
  readonly updated: Float64Array
  readonly comments: Uint32Array
  /** 0 until a number is assigned. */
  readonly number: Float64Array
  /** What titles are put in order by, a character a byte of UTF-8. */
  readonly titles: string[]
  /** The first six bytes of the title as a number, which decides nearly every comparison. */
  readonly titleHeads: Float64Array
}

/** What differs since the last look. */
export type ColumnChange = {
  readonly places: readonly number[]
  readonly labels: ReadonlyMap<number, readonly number[]>
  readonly assignees: ReadonlyMap<number, readonly number[]>
}

export type IssueColumns = {
  /** Reads on, a slice at a time. @returns whether more is waiting. */
  warm(): boolean
  /** The columns as of the log's last position, or `undefined` where too much is missing to read it now. */
  fresh(): Columns | undefined
  readonly statuses: readonly string[]
}

/** The name in `settings` that a rebuild changes, for it changes rows without adding events. */
export const rebuiltSetting = 'projections.rebuilt'

/** Rows, or events, a slice: a few milliseconds. */
const sliceSize = 500
/** Beyond this many issues the memory (200 bytes each) is not worth it: lists are walked on disk. */
const issuesAtMost = 400_000

/** `2025-01-31` as 20250131. */
export const dayNumber = (day: string): number => Number(day.replaceAll('-', ''))

/** A text as SQLite compares it: a character a byte of UTF-8. */
export function bytesOf(text: string): string {
  for (let at = 0; at < text.length; at++)
    if (text.charCodeAt(at) > 127) return Buffer.from(text, 'utf8').toString('latin1')
  return text
}

export function titleHead(title: string): number {
  let head = 0
  for (let at = 0; at < 6; at++) head = head * 256 + (at < title.length ? title.charCodeAt(at) : 0)
  return head
}

function grown<T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(old: T, room: number): T {
  const larger = new (old.constructor as new (length: number) => T)(room)
  larger.set(old as never)
  return larger
}

function withRoom(room: number, old?: Columns): Columns {
  const none = {
    words: new Uint32Array(0),
    bytes: new Uint8Array(0),
    halves: new Uint16Array(0),
    wide: new Float64Array(0),
  }
  return {
    room,
    present: grown(old?.present ?? none.words, room / 32),
    archived: grown(old?.archived ?? none.words, room / 32),
    open: grown(old?.open ?? none.bytes, room),
    status: grown(old?.status ?? none.halves, room),
    priority: grown(old?.priority ?? none.bytes, room),
    due: grown(old?.due ?? none.words, room),
    author: grown(old?.author ?? none.words, room),
    project: grown(old?.project ?? none.words, room),
    created: grown(old?.created ?? none.wide, room),
    updated: grown(old?.updated ?? none.wide, room),
    comments: grown(old?.comments ?? none.words, room),
    number: grown(old?.number ?? none.wide, room),
    titles: old?.titles ?? [],
    titleHeads: grown(old?.titleHeads ?? none.wide, room),
  }
}

/**
 * Keeps what lists ask for in memory, so that any filter with any sort costs the same. It is read in slices, and then follows the
 * log: what an issue's row says changes only with an event on its stream, whichever process wrote it.
 * @param onChange called with what was read anew once the columns are whole; `undefined` where everything may differ.
 */
export function issueColumns(
  database: ReadDatabase,
  onChange: (change: ColumnChange | undefined, columns: Columns) => void,
): IssueColumns {
  const { orm, client } = database
  const p = sql.placeholder
  const fields = {
    id: issues.id,
    status: issues.status,
    open: issues.open,
    archived: issues.archived,
    priority: issues.priority,
    dueDate: issues.dueDate,
    authorId: issues.authorId,
    project: issues.project,
    createdAt: issues.createdAt,
    updatedAt: issues.updatedAt,
    comments: issues.comments,
    number: issues.number,
    titleOrder: issues.titleOrder,
  }
  const slice = orm
    .select(fields)
    .from(issues)
    .where(gt(issues.id, p('after')))
    .orderBy(asc(issues.id))
    .limit(sliceSize)
    .prepare()
  const some = orm.select(fields).from(issues).where(inList(issues.id, 'ids')).prepare()
  const lastEvent = orm
    .select({ position: events.position })
    .from(events)
    .orderBy(desc(events.position))
    .limit(1)
    .prepare()
  const touched = orm
    .selectDistinct({ id: streams.id, type: streams.type })
    .from(events)
    .innerJoin(streams, sql`${streams.id} = ${events.streamId}`)
    .where(sql`${events.position} > ${p('after')} AND ${events.position} <= ${p('upTo')}`)
    .prepare()
  const labelsOf = orm
    .select({ issue: issueLabels.issueId, of: issueLabels.labelId })
    .from(issueLabels)
    .where(inList(issueLabels.issueId, 'ids'))
    .prepare()
  const assigneesOf = orm
    .select({ issue: issueAssignees.issueId, of: issueAssignees.memberId })
    .from(issueAssignees)
    .where(inList(issueAssignees.issueId, 'ids'))
    .prepare()
  const rebuiltAt = orm
    .select({ value: settings.value })
    .from(settings)
    .where(sql`${settings.name} = ${rebuiltSetting}`)
    .prepare()
  const dataVersion = client.prepare('SELECT data_version FROM pragma_data_version').pluck()

  const statuses: string[] = []
  const statusPlaces = new Map<string, number>()
  let columns = withRoom(0)
  /** Up to which position the rows are read; while they are first read, where the log was when that began. */
  let at: number | undefined
  let readUpTo = 0
  let whole = false
  let count = 0
  let seenVersion: unknown
  let rebuilt: string | undefined

  const head = (): number => lastEvent.get()?.position ?? 0

  function startAnew(): void {
    columns = withRoom(0)
    at = undefined
    readUpTo = 0
    whole = false
    count = 0
    onChange(undefined, columns)
  }

  function put(row: Awaited<ReturnType<typeof slice.all>>[number]): void {
    const { id } = row
    if (id >= columns.room) columns = withRoom(Math.ceil((id + 1) * 1.25 + 1_024) & ~31, columns)
    let status = statusPlaces.get(row.status)
    if (status === undefined) {
      status = statuses.push(row.status) - 1
      statusPlaces.set(row.status, status)
    }
    const title = bytesOf(row.titleOrder)
    setBit(columns.present, id, true)
    setBit(columns.archived, id, row.archived === 1)
    columns.open[id] = row.open
    columns.status[id] = status
    columns.priority[id] = row.priority
    columns.due[id] = row.dueDate ? dayNumber(row.dueDate) : 0
    columns.author[id] = row.authorId
    columns.project[id] = row.project ?? 0
    columns.created[id] = row.createdAt
    columns.updated[id] = row.updatedAt
    columns.comments[id] = row.comments
    columns.number[id] = row.number ?? 0
    columns.titles[id] = title
    columns.titleHeads[id] = titleHead(title)
  }

  function setsOf(rows: readonly { issue: number; of: number }[]): Map<number, number[]> {
    const sets = new Map<number, number[]>()
    for (const { issue, of } of rows) sets.set(issue, [...(sets.get(issue) ?? []), of])
    return sets
  }

  /** Reads the next slice of events' issues again. */
  function follow(after: number, last: number): void {
    const upTo = Math.min(last, after + sliceSize)
    const changed = touched.all({ after, upTo })
    // A new workflow decides anew which issues are open.
    if (changed.some((stream) => stream.type === 'workspace')) {
      startAnew()
      return
    }
    const ids = listParameter(changed.flatMap((stream) => (stream.type === 'issue' ? stream.id : [])))
    const rows = some.all({ ids })
    for (const row of rows) put(row)
    at = upTo
    if (rows.length > 0)
      onChange(
        {
          places: rows.map((row) => row.id),
          labels: setsOf(labelsOf.all({ ids })),
          assignees: setsOf(assigneesOf.all({ ids })),
        },
        columns,
      )
  }

  function noticeRebuild(): void {
    const version = dataVersion.get()
    if (version === seenVersion) return
    seenVersion = version
    const value = rebuiltAt.get()?.value
    if (at !== undefined && value !== rebuilt) startAnew()
    rebuilt = value
  }

  return {
    statuses,
    warm() {
      noticeRebuild()
      if (count > issuesAtMost) return false
      at ??= head()
      if (!whole) {
        const rows = slice.all({ after: readUpTo })
        for (const row of rows) put(row)
        readUpTo = rows.at(-1)?.id ?? readUpTo
        count += rows.length
        whole = rows.length < sliceSize
        if (count <= issuesAtMost) return true
        startAnew()
        count = issuesAtMost + 1
        return false
      }
      const last = head()
      if (last > at) follow(at, last)
      return !whole || last > (at ?? 0)
    },
    fresh() {
      noticeRebuild()
      if (!whole || at === undefined) return undefined
      const last = head()
      if (last - at > sliceSize) return undefined
      if (last > at) follow(at, last)
      return whole ? columns : undefined
    },
  }
}
