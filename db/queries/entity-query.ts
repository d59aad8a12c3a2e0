import { asc, eq, sql } from 'drizzle-orm'
import {
  type EntityRow,
  type EntityRows,
  eachListed,
  type ListedType,
  listedEntity,
} from '#core/entities/kinds/entities.ts'
import { facetOf } from '#core/issue/fields/issue-facets.ts'
import type { ParsedKey } from '#core/issue/issue-key.ts'
import { entityTables } from '../entity-tables.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
import { issueCounts, issues, type labels } from '../schema.ts'
import type { ReadDatabase } from '../sqlite/open-database.ts'

/** An entity with how many open issues have it. */
export type CountedEntity<Type extends ListedType> = EntityRow<Type> & { readonly open: number }

/** The labels, projects and people of a workspace, by name. */
export type EntityQuery = {
  rows<Type extends ListedType>(type: Type): readonly EntityRow<Type>[]
  /** Those of every kind. */
  all(): EntityRows
  /** The same with how many open issues each has. */
  counted<Type extends ListedType>(
    type: Type,
    isOpen: (status: string) => boolean,
  ): readonly CountedEntity<Type>[]
  /** What one is called; `undefined` where it is not there. */
  nameOf(type: ListedType, id: string): string | undefined
  has(type: ListedType, id: string): boolean
}

const p = sql.placeholder

export function entityQuery({ orm }: ReadDatabase, streamIds: StreamIds): EntityQuery {
  const counts = orm
    .select({ ref: issueCounts.ref, status: issueCounts.status, count: issueCounts.count })
    .from(issueCounts)
    .where(eq(issueCounts.facet, p('facet')))
    .prepare()
  const statements = eachListed(({ type }) => {
    const table = entityTables[type]
    const { id, name } = table
    return {
      all: orm
        .select()
        .from(table as typeof labels)
        .orderBy(asc(sql`lower(${name})`))
        .prepare(),
      name: orm
        .select({ name })
        .from(table)
        .where(eq(id, p('id')))
        .prepare(),
    }
  })
  const statementsOf = (type: ListedType) => statements[listedEntity(type).plural]
  const nameRow = (type: ListedType, id: string) => {
    const stream = streamIds.find(id, type)
    return stream && statementsOf(type).name.get({ id: stream.id })
  }

  function openBy(facet: number, isOpen: (status: string) => boolean): ReadonlyMap<number, number> {
    const sums = new Map<number, number>()
    for (const { ref, status, count } of counts.all({ facet }))
      if (isOpen(status)) sums.set(ref, (sums.get(ref) ?? 0) + count)
    return sums
  }

  const rows = <Type extends ListedType>(type: Type) =>
    statementsOf(type)
      .all.all()
      .map((row) => ({
        ...row,
        id: streamIds.stream(row.id).uuid,
      })) as readonly unknown[] as EntityRow<Type>[]

  return {
    rows,
    all: () => eachListed(({ type }) => rows(type)) as EntityRows,
    counted<Type extends ListedType>(type: Type, isOpen: (status: string) => boolean) {
      const facet = facetOf(type)
      const open = facet === undefined ? undefined : openBy(facet, isOpen)
      return statementsOf(type)
        .all.all()
        .map((row) => ({
          ...row,
          id: streamIds.stream(row.id).uuid,
          open: open?.get(row.id) ?? 0,
        })) as readonly unknown[] as CountedEntity<Type>[]
    },
    nameOf: (type, id) => nameRow(type, id)?.name,
    has: (type, id) => nameRow(type, id) !== undefined,
  }
}

/** Finds an issue's id by what a person calls it. */
export function issueFinder(database: ReadDatabase, streamIds: StreamIds) {
  const { orm } = database
  // Where two replicas gave one number while apart, the older issue has it; so it is with every key.
  const oldest = 'ORDER BY issues.created_at, streams.uuid LIMIT 1'
  const byNumber = database.client
    .prepare(
      `SELECT issues.id FROM issues JOIN streams ON streams.id = issues.id WHERE issues.number = ? ${oldest}`,
    )
    .pluck()
  const byId = orm
    .select({ id: issues.id })
    .from(issues)
    .where(eq(issues.id, p('id')))
    .prepare()
  const byOtherKey = database.client
    .prepare(
      `SELECT issues.id FROM issue_keys JOIN issues ON issues.id = issue_keys.issue_id JOIN streams ON streams.id = issues.id
       WHERE issue_keys.key = ? ${oldest}`,
    )
    .pluck()
  const provisional = database.client
    .prepare(
      `SELECT issues.id FROM issues JOIN streams ON streams.id = issues.id WHERE issues.number IS NULL AND hex(streams.uuid) LIKE '%' || ?`,
    )
    .pluck()
  const uuidOf = (id: number | undefined): string | undefined =>
    id === undefined ? undefined : streamIds.stream(id).uuid
  const otherKey = (key: string): string | undefined =>
    uuidOf(byOtherKey.get(key.toLowerCase()) as number | undefined)
  const finder = {
    byNumber: (number: number) =>
      uuidOf(byNumber.get(number) as number | undefined) ?? otherKey(`#${number}`),
    byId(uuid: string) {
      const stream = streamIds.find(uuid, 'issue')
      return stream && byId.get({ id: stream.id }) ? uuid : undefined
    },
    byExternalKey: otherKey,
    /** By the last four digits of its id: the one without a number where there is one, `undefined` where there are several. */
    byProvisionalPart(part: string) {
      const found = provisional.all(part) as number[]
      if (found.length === 0) return otherKey(`~${part}`)
      return found.length === 1 ? uuidOf(found[0]) : undefined
    },
    byKey(key: ParsedKey): string | undefined {
      switch (key.kind) {
        case 'id':
          return finder.byId(key.id)
        case 'number':
          return finder.byNumber(key.number)
        case 'provisional':
          return finder.byProvisionalPart(key.part)
        case 'external':
          return finder.byExternalKey(key.key)
      }
    },
  }
  return finder
}

/** Rows of linked issues, both ways. */
export function linkQuery(database: ReadDatabase, streamIds: StreamIds) {
  const { client } = database
  const columns =
    'issues.id AS id, issues.number AS number, issues.title AS title, issues.status AS status, issue_links.kind AS kind'
  const out = client.prepare(
    `SELECT ${columns} FROM issue_links JOIN issues ON issues.id = issue_links.target WHERE issue_links.source = ? LIMIT 500`,
  )
  const back = client.prepare(
    `SELECT ${columns} FROM issue_links JOIN issues ON issues.id = issue_links.source WHERE issue_links.target = ? LIMIT 500`,
  )
  type Row = { id: number; number: number | null; title: string; status: string; kind: string }
  return (issueId: string) => {
    const stream = streamIds.find(issueId, 'issue')
    if (!stream) return []
    const named = (direction: 'out' | 'in') => (row: unknown) => {
      const { id, ...rest } = row as Row
      return { ...rest, direction, id: streamIds.stream(id).uuid }
    }
    return [...out.all(stream.id).map(named('out')), ...back.all(stream.id).map(named('in'))]
  }
}
