import { createHash, randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import Sqlite from 'better-sqlite3'
import { asc, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import type { EventRegistry } from '#core/event-registry.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { type EventOrder, inTotalOrder, orderOf, totalOrder } from '#core/events/event-order.ts'
import { indexedText } from '#core/filter/text-words.ts'
import { initialIssue } from '#core/issue/issue-state.ts'
import { timesCorrected } from '#core/time/time-events.ts'
import { defaultWorkflow, type Workflow } from '#core/workflow/workflow.ts'
import { chainReader } from '../log/read/chain-reader.ts'
import { issueBefore } from '../log/read/issue-before.ts'
import { foldRecorded } from '../log/read/issue-cache.ts'
import { eventTypesSetting } from '../log/read/registered-types.ts'
import { chainStore } from '../log/rows/chain-store.ts'
import { correctedSetting } from '../log/rows/corrected-times.ts'
import { directorySettings, unitSettings } from '../log/rows/directory-settings.ts'
import { eventRows } from '../log/rows/event-rows.ts'
import { rememberedOnce, streamIdsOf } from '../log/rows/stream-ids.ts'
import { againSetting } from '../log/waiting-events.ts'
import * as schema from '../schema.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { CancelledError, type WorkOptions } from '../sqlite/progress.ts'
import { activityKind, hourMillis } from './activity/activity-kinds.ts'
import { repeatedProjection } from './duplicate-projection.ts'
import { entityProjection } from './entities/entity-projection.ts'
import { issueProjection } from './issue-projection.ts'
import { projectedTables } from './registry.ts'
import { respelledSetting } from './respelled-documents.ts'
import { documentsOf } from './search-documents.ts'
import { timeCorrectionProjection } from './time-corrections.ts'

const { activity, checkpoints, events, settings, snapshots } = schema

/** The tables that are made again, each under its own name in the connection's temporary schema, where statements find it first. */
const remade = projectedTables.filter(({ verified }) => verified !== false)

/** A projection that does not say what the events come to. */
export type ProjectionProblem = {
  /** By its table; `search` for the text index, `snapshots`, `workspace` for name, prefix and workflow. */
  readonly projection: string
  /** How many rows are wrong, missing or too many; 0 where that can't be counted. */
  readonly rows: number
}

const p = sql.placeholder
const pageSize = 500
/** Counts of activity that are held before they are added to their table: a long history has more than fit in memory. */
const countsAtOnce = 20_000

/**
 * Folds every stream again, one at a time, by the code that a rebuild uses, and compares what comes of it with every projection: on a connection of its own
 * that only reads, with what is folded in temporary tables on disk, so that memory stays small however long the log is. One read transaction sees the file as it was when this began.
 * @throws CancelledError; what SQLite throws where the file can't be read.
 */
export function projectionProblems(
  file: string,
  options: WorkOptions & { readonly registry: EventRegistry },
): readonly ProjectionProblem[] {
  const client = new Sqlite(file, { readonly: true })
  try {
    client.pragma('busy_timeout = 5000')
    client.pragma('temp_store = FILE')
    client.pragma('cache_size = -8192')
    client.exec('BEGIN')
    const database: WriteDatabase = {
      file,
      client,
      orm: drizzle(client, { schema }),
      writes: true,
      readOnly: false,
    }
    return compared(database, options)
  } finally {
    client.close()
  }
}

function makeTemporary({ client }: WriteDatabase): void {
  const definition = client.prepare('SELECT sql FROM main.sqlite_master WHERE name = ?').pluck()
  for (const name of [...remade.map((table) => table.name), 'settings']) {
    const text = String(definition.get(name))
    client.exec(text.replace(/^CREATE TABLE\s+\S+/, `CREATE TEMP TABLE ${name}`))
  }
  client.exec('INSERT INTO temp.settings SELECT * FROM main.settings')
  const drop = client.prepare('DELETE FROM temp.settings WHERE name = ?')
  for (const name of [...Object.values(directorySettings), ...unitSettings, eventTypesSetting]) drop.run(name)
  client.exec(
    String(definition.get('search')).replace(
      /^CREATE VIRTUAL TABLE\s+\S+/,
      'CREATE VIRTUAL TABLE temp.search_again',
    ),
  )
}

function compared(
  database: WriteDatabase,
  { registry, onProgress, isCancelled }: WorkOptions & { readonly registry: EventRegistry },
): readonly ProjectionProblem[] {
  const { client, orm } = database
  makeTemporary(database)
  const streamIds = streamIdsOf(database, rememberedOnce)
  const { toEvent } = eventRows(database, streamIds, registry)
  const total = Number(client.prepare('SELECT coalesce(max(position), 0) FROM events').pluck().get())
  const checkpoint = orm.select().from(checkpoints).where(eq(checkpoints.name, 'search')).get()?.position ?? 0
  const ofStream = orm
    .select()
    .from(events)
    .where(eq(events.streamId, p('stream')))
    .orderBy(asc(events.streamVersion))
    .prepare()
  const streamsAfter = client.prepare(
    `SELECT id, type FROM streams WHERE id > ? AND (type = 'issue') = ? ORDER BY id LIMIT ${pageSize}`,
  )
  const again = orm.select().from(settings).where(eq(settings.name, againSetting)).get()?.value
  const lookedAtAgain = new Set(again === undefined ? [] : (JSON.parse(again) as number[]))
  /** Whether search and the strip have what an event says: some came to say it only after they had passed. */
  const isIndexed = ({ position }: RecordedEvent): boolean =>
    position <= checkpoint && !lookedAtAgain.has(position)
  /** Texts of an earlier Docket, some of which are indexed as it saw words. */
  const isRespelling =
    orm.select().from(settings).where(eq(settings.name, respelledSetting)).get() !== undefined
  const problems: ProjectionProblem[] = []
  const counts = new Map<string, number>()
  let read = 0

  function* streamsToCompare(issues: boolean): Generator<{ readonly id: number; readonly type: string }> {
    for (let after = 0; ; ) {
      const page = streamsAfter.all(after, issues ? 1 : 0) as { id: number; type: string }[]
      yield* page
      if (page.length < pageSize) return
      after = page.at(-1)?.id ?? after
    }
  }

  function recordedOf(stream: number): RecordedEvent[] {
    if (isCancelled?.()) throw new CancelledError()
    return ofStream.all({ stream }).map(toEvent)
  }

  function count(recorded: readonly RecordedEvent[]): void {
    read += recorded.length
    onProgress?.({ done: total + read, total: total * 2, unit: 'events' })
    for (const event of recorded) {
      if (event.copy || event.waiting || !isIndexed(event)) continue
      const kind = activityKind(event.type, event.metadata.triggeredBy)
      if (kind === undefined) continue
      const hour = Math.floor(event.occurredAt / hourMillis)
      for (const actor of [0, streamIds.ensure(event.actorId, 'member').id]) {
        const key = `${actor} ${hour} ${kind}`
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
    }
    if (counts.size > countsAtOnce) addCounts()
  }

  function addCounts(): void {
    const add = client.prepare(
      `INSERT INTO temp.activity (actor_id, hour, kind, count) VALUES (?, ?, ?, ?)
        ON CONFLICT (actor_id, hour, kind) DO UPDATE SET count = count + excluded.count`,
    )
    for (const [key, times] of counts) add.run(...key.split(' ').map(Number), times)
    counts.clear()
  }

  function foldDirectory(): void {
    const corrections: number[] = []
    for (const { id, type } of streamsToCompare(false))
      if (type === 'workspace')
        for (const event of recordedOf(id))
          if (event.type === timesCorrected.name) corrections.push(event.position)
    const parts = { streamIds, book: chainStore(database), chains: chainReader(database, streamIds), toEvent }
    // As far as they have their effect: what waits is worked off by whoever writes.
    timeCorrectionProjection(database, { ...parts, newId: randomUUID }).again(corrections, false)
    orm.delete(activity).run()
    const tables = entityProjection(database, streamIds)
    const ofWorkspaces: RecordedEvent[] = []
    for (const { id, type } of streamsToCompare(false)) {
      const recorded = recordedOf(id)
      count(recorded)
      const ordered = inTotalOrder(recorded)
      // Copies that met later each made a workspace: which came first decides.
      if (type === 'workspace') ofWorkspaces.push(...ordered)
      else for (const event of ordered) tables.apply(event)
      tables.findConflicts(streamIds.stream(id), ordered)
    }
    for (const event of inTotalOrder(ofWorkspaces)) tables.apply(event)
    repeatedProjection(database, toEvent).markAll()
  }

  const snapshotsOf = orm
    .select()
    .from(snapshots)
    .where(eq(snapshots.streamId, p('stream')))
    .prepare()
  let wrongSnapshots = 0
  function lookAtSnapshots(stream: number, recorded: readonly RecordedEvent[]): void {
    for (const { version, newest, place, state } of snapshotsOf.all({ stream })) {
      const until = recorded.filter((event) => event.streamVersion <= version)
      const ordered = inTotalOrder(until)
      const last = ordered.at(-1)
      const folded = foldRecorded(initialIssue(streamIds.stream(stream).uuid), ordered)
      let right = false
      try {
        right =
          last !== undefined &&
          totalOrder(JSON.parse(place) as EventOrder, orderOf(last)) === 0 &&
          until.every((event) => event.waiting || event.occurredAt <= newest) &&
          isDeepStrictEqual(JSON.parse(state), JSON.parse(JSON.stringify(folded)))
      } catch {
        // No JSON any more.
      }
      if (!right) wrongSnapshots += 1
    }
  }

  function foldIssues(): void {
    const text = orm.select().from(settings).where(eq(settings.name, directorySettings.workflow)).get()?.value
    const tables = issueProjection(
      database,
      streamIds,
      text ? (JSON.parse(text) as Workflow) : defaultWorkflow,
    )
    const putDocument = client.prepare('INSERT INTO temp.search_again (rowid, title, body) VALUES (?, ?, ?)')
    for (const { id } of streamsToCompare(true)) {
      const recorded = recordedOf(id)
      if (recorded.length === 0) continue
      count(recorded)
      const { uuid } = streamIds.stream(id)
      tables.apply(
        issueBefore(initialIssue(uuid)),
        foldRecorded(initialIssue(uuid), inTotalOrder(recorded)),
        [],
      )
      lookAtSnapshots(id, recorded)
      const indexed = recorded.filter(isIndexed)
      for (const [position, { title, body }] of documentsOf(inTotalOrder(indexed)))
        putDocument.run(position, indexedText(title), indexedText(body))
    }
    const orphans = client
      .prepare(
        "SELECT count(*) FROM snapshots WHERE stream_id NOT IN (SELECT id FROM streams WHERE type = 'issue')",
      )
      .pluck()
      .get()
    wrongSnapshots += Number(orphans)
  }

  foldDirectory()
  foldIssues()
  addCounts()

  const differing = (name: string, which = ''): number =>
    Number(
      client
        .prepare(
          `SELECT (SELECT count(*) FROM (SELECT * FROM main.${name} ${which} EXCEPT SELECT * FROM temp.${name} ${which}))
            + (SELECT count(*) FROM (SELECT * FROM temp.${name} ${which} EXCEPT SELECT * FROM main.${name} ${which}))`,
        )
        .pluck()
        .get(),
    )
  for (const { name, where } of remade) {
    const rows = differing(name, where && `WHERE ${where}`)
    if (rows > 0) problems.push({ projection: name, rows })
  }
  const named = [...Object.values(directorySettings), ...unitSettings].map((name) => `'${name}'`).join(', ')
  const workspace = differing('settings', `WHERE name IN (${named})`)
  if (workspace > 0) problems.push({ projection: 'workspace', rows: workspace })
  const others = differing('settings', `WHERE name NOT IN (${named}, '${correctedSetting}')`)
  if (others > 0) problems.push({ projection: 'settings', rows: others })
  if (wrongSnapshots > 0) problems.push({ projection: 'snapshots', rows: wrongSnapshots })
  if (checkpoint > total) problems.push({ projection: 'checkpoints', rows: 1 })
  if (!isRespelling && !sameSearch(database)) problems.push({ projection: 'search', rows: 0 })
  return problems
}

/** Whether the text index holds the same words at the same places as one made anew. */
function sameSearch({ client }: WriteDatabase): boolean {
  const digest = (statement: string): string => {
    const hash = createHash('sha256')
    let waiting = ''
    for (const row of client.prepare(statement).raw().iterate()) {
      waiting += `${(row as unknown[]).join('\u0000')}\n`
      if (waiting.length > 65_536) {
        hash.update(waiting)
        waiting = ''
      }
    }
    return hash.update(waiting).digest('hex')
  }
  const same = (there: string, again: string): boolean => digest(there) === digest(again)
  try {
    client.exec(`
      CREATE VIRTUAL TABLE temp.words_there USING fts5vocab(main, search, instance);
      CREATE VIRTUAL TABLE temp.words_again USING fts5vocab(temp, search_again, instance);
    `)
    return (
      same(
        'SELECT term, doc, col, "offset" FROM temp.words_there',
        'SELECT term, doc, col, "offset" FROM temp.words_again',
      ) &&
      same(
        'SELECT id, hex(sz) FROM main.search_docsize ORDER BY id',
        'SELECT id, hex(sz) FROM temp.search_again_docsize ORDER BY id',
      ) &&
      // How many documents there are and how long, by which results are ranked.
      same(
        'SELECT hex(block) FROM main.search_data WHERE id = 1',
        'SELECT hex(block) FROM temp.search_again_data WHERE id = 1',
      )
    )
  } catch (error) {
    if (error instanceof Sqlite.SqliteError) return false
    throw error
  }
}
