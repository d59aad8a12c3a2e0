import { and, eq, sql } from 'drizzle-orm'
import type { AnyStreamType } from '#core/events/event.ts'
import { eventTypes, streams } from '../../schema.ts'
import { DamagedLogError } from '../../sqlite/damaged-log.ts'
import type { ReadDatabase } from '../../sqlite/open-database.ts'
import { preparedStatement } from '../../sqlite/prepared-statement.ts'
import { uuidBytes, uuidText } from '../../sqlite/uuid-bytes.ts'

export type StreamEntry = { readonly id: number; readonly uuid: string; readonly type: AnyStreamType }

/**
 * The small integers that stand for streams and event types inside one file. A stream is known by its id and its type together: somebody may name
 * one thing by another's id, and neither is then taken for the other, whichever comes first.
 */
export type StreamIds = {
  /** The stream's entry, or `undefined` where no event names it. */
  find(uuid: string, type: AnyStreamType): StreamEntry | undefined
  /** The entry, made where it is not there yet; inside a transaction. */
  ensure(uuid: string, type: AnyStreamType): StreamEntry
  /** By surrogate. @throws Error for one that is not in the file. */
  stream(id: number): StreamEntry
  typeId(name: string): number
  typeName(id: number): string
  /** Forgets what was remembered, after a transaction that may have made entries was rolled back. */
  forget(): void
}

/** Streams that who reads everything once remembers: those of one issue and the people and labels are asked for again, few others. */
export const rememberedOnce = 10_000

/** Remembers up to `remembered` entries; they never change once committed. */
export function streamIdsOf(database: ReadDatabase, remembered = 50_000): StreamIds {
  const { orm } = database
  const byUuid = new Map<string, Map<string, StreamEntry>>()
  let count = 0
  const byId = new Map<number, StreamEntry>()
  const typeIds = new Map<string, number>()
  const typeNames = new Map<number, string>()
  const columns = { id: streams.id, uuid: streams.uuid, type: streams.type }
  const findByUuid = orm
    .select(columns)
    .from(streams)
    .where(and(eq(streams.uuid, sql.placeholder('uuid')), eq(streams.type, sql.placeholder('type'))))
    .prepare()
  const findById = orm
    .select(columns)
    .from(streams)
    .where(eq(streams.id, sql.placeholder('id')))
    .prepare()
  const insertStream = preparedStatement(
    database,
    orm
      .insert(streams)
      .values({ uuid: sql.placeholder('uuid'), type: sql.placeholder('type') })
      .returning({ id: streams.id }),
  )
  const allTypes = orm.select().from(eventTypes).prepare()
  const insertType = orm
    .insert(eventTypes)
    .values({ name: sql.placeholder('name') })
    .returning({ id: eventTypes.id })
    .prepare()

  function remember(row: { id: number; uuid: Buffer; type: string }): StreamEntry {
    if (count >= remembered) clear()
    const entry: StreamEntry = { id: row.id, uuid: uuidText(row.uuid), type: row.type }
    const ofType = byUuid.get(row.type) ?? new Map<string, StreamEntry>()
    byUuid.set(row.type, ofType)
    ofType.set(entry.uuid, entry)
    byId.set(entry.id, entry)
    count += 1
    return entry
  }

  function clear(): void {
    byUuid.clear()
    byId.clear()
    count = 0
  }

  function find(uuid: string, type: AnyStreamType): StreamEntry | undefined {
    const known = byUuid.get(type)?.get(uuid)
    if (known) return known
    const row = findByUuid.get({ uuid: uuidBytes(uuid), type })
    return row && remember(row)
  }

  function loadTypes(): void {
    for (const row of allTypes.all()) {
      typeIds.set(row.name, row.id)
      typeNames.set(row.id, row.name)
    }
  }

  return {
    find,
    ensure(uuid, type) {
      const known = find(uuid, type)
      if (known) return known
      const bytes = uuidBytes(uuid)
      return remember({ id: Number(insertStream.value({ uuid: bytes, type })), uuid: bytes, type })
    },
    stream(id) {
      const known = byId.get(id)
      if (known) return known
      const row = findById.get({ id })
      if (!row) throw new DamagedLogError(`stream ${id} is missing`)
      return remember(row)
    },
    typeId(name) {
      let id = typeIds.get(name)
      if (id === undefined) {
        loadTypes()
        id = typeIds.get(name) ?? insertType.get({ name }).id
        typeIds.set(name, id)
        typeNames.set(id, name)
      }
      return id
    },
    typeName(id) {
      if (!typeNames.has(id)) loadTypes()
      const name = typeNames.get(id)
      if (name === undefined) throw new DamagedLogError(`event type ${id} is missing`)
      return name
    },
    forget() {
      clear()
      typeIds.clear()
      typeNames.clear()
    },
  }
}
