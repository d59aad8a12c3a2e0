import { eq, sql } from 'drizzle-orm'
import type { EntityDeclaration, Property } from '#core/entities/kinds/entity.ts'
import { type EntityTable, tablesOfEntities } from '../../entity-tables.ts'
import type { WriteDatabase } from '../../sqlite/open-database.ts'

type Write = (id: number, data: Readonly<Record<string, string | null>>) => void

const p = sql.placeholder

function insertion({ orm }: WriteDatabase, { properties }: EntityDeclaration, table: EntityTable): Write {
  const keys = properties.map(({ key }) => key)
  const columns = Object.fromEntries(['id', ...keys].map((key) => [key, p(key)]))
  const insert = orm
    .insert(table)
    .values(columns as never)
    .onConflictDoNothing()
    .prepare()
  return (id, data) => {
    insert.run({ id, ...Object.fromEntries(keys.map((key) => [key, data[key] ?? null])) })
  }
}

function update({ orm }: WriteDatabase, { key }: Property, table: EntityTable): Write {
  const statement = orm
    .update(table)
    .set({ [key]: sql`${p('to')}` } as never)
    .where(eq(table.id, p('id')))
    .prepare()
  return (id, { to }) => {
    statement.run({ id, to })
  }
}

/**
 * Keeps a row of each label, project and member: what makes it inserts one, what changes a property sets its column.
 * @returns whether the event was of such a property.
 */
export function propertyRows(database: WriteDatabase): (type: string, id: number, data: unknown) => boolean {
  const writes = new Map<string, Write>()
  for (const { entity, table } of tablesOfEntities) {
    writes.set(entity.creation.event, insertion(database, entity, table))
    for (const property of entity.properties as readonly Property[])
      if (property.change) writes.set(property.change.event, update(database, property, table))
  }
  return (type, id, data) => {
    const write = writes.get(type)
    write?.(id, data as Readonly<Record<string, string | null>>)
    return write !== undefined
  }
}
