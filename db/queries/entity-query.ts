import { asc, eq, sql } from 'drizzle-orm'
import type { ParsedKey } from '#core/issue/issue-key.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
import { facets } from '../projections/issue-projection.ts'
import { issueCounts, issues, labels, members, projects } from '../schema.ts'
import type { ReadDatabase } from '../sqlite/open-database.ts'

export type CountedLabel = {
  readonly id: string
  readonly name: string
  readonly colour: string
  readonly open: number
}
export type CountedProject = { readonly id: string; readonly name: string; readonly open: number }
export type CountedMember = {
  readonly id: string
  readonly name: string
  readonly handle: string
  readonly email: string | null
  readonly assignedOpen: number
}

const p = sql.placeholder

/** The workspace's labels, projects and people, with how many open issues each has. */
export function directoryQuery(database: ReadDatabase, streamIds: StreamIds) {
  const { orm } = database
  const counts = orm
    .select({ ref: issueCounts.ref, status: issueCounts.status, count: issueCounts.count })
    .from(issueCounts)
    .where(eq(issueCounts.facet, p('facet')))
    .prepare()
  const allLabels = orm
    .select()
    .from(labels)
    .orderBy(asc(sql`lower(${labels.name})`))
    .prepare()
  const allProjects = orm
    .select()
    .from(projects)
    .orderBy(asc(sql`lower(${projects.name})`))
    .prepare()
  const allMembers = orm
    .select()
    .from(members)
    .orderBy(asc(sql`lower(${members.name})`))
    .prepare()

  function openBy(facet: number, isOpen: (status: string) => boolean): Map<number, number> {
    const sums = new Map<number, number>()
    for (const { ref, status, count } of counts.all({ facet }))
      if (isOpen(status)) sums.set(ref, (sums.get(ref) ?? 0) + count)
    return sums
  }

  return {
    labels(isOpen: (status: string) => boolean): readonly CountedLabel[] {
      const open = openBy(facets.label, isOpen)
      return allLabels
        .all()
        .map((row) => ({ ...row, id: streamIds.stream(row.id).uuid, open: open.get(row.id) ?? 0 }))
    },
    projects(isOpen: (status: string) => boolean): readonly CountedProject[] {
      const open = openBy(facets.project, isOpen)
      return allProjects
        .all()
        .map((row) => ({ ...row, id: streamIds.stream(row.id).uuid, open: open.get(row.id) ?? 0 }))
    },
    members(isOpen: (status: string) => boolean): readonly CountedMember[] {
      const open = openBy(facets.assignee, isOpen)
      return allMembers
        .all()
        .map((row) => ({ ...row, id: streamIds.stream(row.id).uuid, assignedOpen: open.get(row.id) ?? 0 }))
    },
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
