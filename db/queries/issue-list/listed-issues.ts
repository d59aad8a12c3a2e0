import type { FieldValues } from '#core/issue/fields/fields.ts'
import type { StreamIds } from '../../log/rows/stream-ids.ts'
import { fieldColumns, readFields } from '../../projections/field-columns.ts'
import { issueAssignees, issueLabels, issues } from '../../schema.ts'
import { inList, listParameter } from '../../sqlite/json-each.ts'
import type { ReadDatabase } from '../../sqlite/open-database.ts'

/** A line of a list, ids as UUIDs. */
export type ListedIssue = FieldValues & {
  readonly id: string
  readonly number: number | null
  readonly status: string
  readonly comments: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly archived: boolean
  readonly assignees: readonly string[]
  readonly labels: readonly string[]
}

/** Fetches the rows of a page, with its people and labels, in three queries whatever its length; in the order asked for. */
export function listedIssues(
  database: ReadDatabase,
  streamIds: StreamIds,
): (found: readonly number[]) => ListedIssue[] {
  const { orm } = database
  const rowsOf = orm
    .select({
      id: issues.id,
      number: issues.number,
      status: issues.status,
      ...fieldColumns,
      comments: issues.comments,
      createdAt: issues.createdAt,
      updatedAt: issues.updatedAt,
      archived: issues.archived,
    })
    .from(issues)
    .where(inList(issues.id, 'ids'))
    .prepare()
  const assigneesOf = orm
    .select({ issueId: issueAssignees.issueId, of: issueAssignees.memberId })
    .from(issueAssignees)
    .where(inList(issueAssignees.issueId, 'ids'))
    .prepare()
  const labelsOf = orm
    .select({ issueId: issueLabels.issueId, of: issueLabels.labelId })
    .from(issueLabels)
    .where(inList(issueLabels.issueId, 'ids'))
    .prepare()

  function gathered(rows: readonly { issueId: number; of: number }[]): Map<number, string[]> {
    const byIssue = new Map<number, string[]>()
    for (const { issueId, of } of rows) {
      const list = byIssue.get(issueId)
      const uuid = streamIds.stream(of).uuid
      if (list) list.push(uuid)
      else byIssue.set(issueId, [uuid])
    }
    return byIssue
  }

  return (found) => {
    const ids = listParameter(found)
    const rows = new Map(rowsOf.all({ ids }).map((row) => [row.id, row]))
    const assignees = gathered(assigneesOf.all({ ids }))
    const labels = gathered(labelsOf.all({ ids }))
    return found.flatMap((id) => {
      const row = rows.get(id)
      if (!row) return []
      return [
        {
          ...row,
          ...readFields(row, streamIds),
          id: streamIds.stream(id).uuid,
          archived: row.archived === 1,
          assignees: assignees.get(id) ?? [],
          labels: labels.get(id) ?? [],
        },
      ]
    })
  }
}
