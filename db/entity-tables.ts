import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { type ListedType, listedEntities } from '#core/entities/kinds/entities.ts'
import { labels, members, projects } from './schema.ts'

/** The table of each kind of entity: its stream's id, and a column for each property. */
export const entityTables = {
  label: labels,
  project: projects,
  member: members,
} as const satisfies Readonly<Record<ListedType, SQLiteTable & { readonly id: SQLiteColumn }>>
export type EntityTable = (typeof entityTables)[ListedType]

/** Every kind of entity with its table. */
export const tablesOfEntities = listedEntities.map((entity) => ({ entity, table: entityTables[entity.type] }))
