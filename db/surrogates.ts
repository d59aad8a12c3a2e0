import { eq, sql } from 'drizzle-orm'
import { type StreamType, streamTypes } from '#core/event.ts'
import { DamagedLogError } from './damaged-log.ts'
import { hotStatement } from './hot-statement.ts'
import type { ReadDatabase } from './open-database.ts'
import { eventTypes, streams } from './schema.ts'
import { uuidBytes, uuidText } from './uuid-bytes.ts'

export type StreamEntry = { readonly id: number; readonly uuid: string; readonly type: StreamType }

/** The small integers that stand for streams and event types inside one file. */
export type Surrogates = {
  /** The stream's entry, or `undefined` where no event names it. */
  find(uuid: string): StreamEntry | undefined
  /** The entry, made where it is not there yet; inside a transaction. */
  ensure(uuid: string, type: StreamType): StreamEntry
  /** By surrogate. @throws Error for one that is not in the file. */
  stream(id: number): StreamEntry
  typeId(name: string): number
  typeName(id: number): string
  /** Forgets what was remembered, after a transaction that may have made entries was rolled back. */
  forget(): void
}

const remembered = 50_000

/** Remembers entries up to a bound; they never change once committed. */
export function surrogates(database: ReadDatabase): Surrogates {
  const { orm } = database
  const byUuid = new Map<string, StreamEntry>()
  const byId = new Map<number, StreamEntry>()
  const typeIds = new Map<string, number>()
  const typeNames = new Map<number, string>()
  const columns = { id: streams.id, uuid: streams.uuid, type: streams.type }
  const findByUuid = orm
    .select(columns)
    .from(streams)
    .where(eq(streams.uuid, sql.placeholder('uuid')))
    .prepare()
  const findById = orm
    .select(columns)
    .from(streams)
    .where(eq(streams.id, sql.placeholder('id')))
    .prepare()
  const insertStream = hotStatement(
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
    if (byUuid.size >= remembered) {
      byUuid.clear()
      byId.clear()
    }
    const type = streamTypes.find((candidate) => candidate === row.type) ?? 'workspace'
    const entry: StreamEntry = { id: row.id, uuid: uuidText(row.uuid), type }
    byUuid.set(entry.uuid, entry)
    byId.set(entry.id, entry)
    return entry
  }

  function find(uuid: string): StreamEntry | undefined {
    const known = byUuid.get(uuid)
    if (known) return known
    const row = findByUuid.get({ uuid: uuidBytes(uuid) })
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
      const known = find(uuid)
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
      byUuid.clear()
      byId.clear()
      typeIds.clear()
      typeNames.clear()
    },
  }
}
