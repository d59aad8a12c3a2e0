import { and, eq, sql } from 'drizzle-orm'
import {
  changedComments,
  issueAssignees,
  issueCounts,
  issueKeys,
  issueLabels,
  issueLinks,
  issues,
  supersededEvents,
} from '../schema.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { preparedStatement } from '../sqlite/prepared-statement.ts'
import { type FieldColumn, fieldColumnNames } from './field-columns.ts'

const p = sql.placeholder
/** Something for each column that holds a field. */
const ofFields = <Made>(make: (name: FieldColumn) => Made): Readonly<Record<FieldColumn, Made>> =>
  Object.fromEntries(fieldColumnNames.map((name) => [name, make(name)])) as Record<FieldColumn, Made>
/** The statements of the row that an issue has. */
function rowStatements(database: WriteDatabase) {
  const { orm } = database
  const insertIssue = preparedStatement(
    database,
    orm.insert(issues).values({
      id: p('id'),
      number: p('number'),
      status: p('status'),
      open: p('open'),
      archived: p('archived'),
      authorId: p('authorId'),
      createdAt: p('createdAt'),
      updatedAt: p('updatedAt'),
      comments: p('comments'),
      ...ofFields((name) => p(name)),
      description: p('description'),
    }),
  )
  const touchIssue = preparedStatement(
    database,
    orm
      .update(issues)
      .set({ updatedAt: sql`${p('updatedAt')}`, comments: sql`${p('comments')}` })
      .where(eq(issues.id, p('id'))),
  )
  const updateIssue = preparedStatement(
    database,
    orm
      .update(issues)
      .set({
        status: sql`${p('status')}`,
        open: sql`${p('open')}`,
        archived: sql`${p('archived')}`,
        updatedAt: sql`${p('updatedAt')}`,
        comments: sql`${p('comments')}`,
        ...ofFields((name) => sql`${p(name)}`),
      })
      .where(eq(issues.id, p('id'))),
  )
  const updateOrigin = preparedStatement(
    database,
    orm
      .update(issues)
      .set({
        number: sql`${p('number')}`,
        authorId: sql`${p('authorId')}`,
        createdAt: sql`${p('createdAt')}`,
      })
      .where(eq(issues.id, p('id'))),
  )
  const updateDescription = preparedStatement(
    database,
    orm
      .update(issues)
      .set({ description: sql`${p('description')}` })
      .where(eq(issues.id, p('id'))),
  )
  return { insertIssue, touchIssue, updateIssue, updateOrigin, updateDescription }
}

/** The statements of assignees, labels and links. */
function setStatements(database: WriteDatabase) {
  const { orm } = database
  const insertAssignee = preparedStatement(
    database,
    orm
      .insert(issueAssignees)
      .values({ issueId: p('issue'), memberId: p('member') })
      .onConflictDoNothing(),
  )
  const deleteAssignee = preparedStatement(
    database,
    orm
      .delete(issueAssignees)
      .where(and(eq(issueAssignees.memberId, p('member')), eq(issueAssignees.issueId, p('issue')))),
  )
  const insertLabel = preparedStatement(
    database,
    orm
      .insert(issueLabels)
      .values({ issueId: p('issue'), labelId: p('label') })
      .onConflictDoNothing(),
  )
  const deleteLabel = preparedStatement(
    database,
    orm
      .delete(issueLabels)
      .where(and(eq(issueLabels.labelId, p('label')), eq(issueLabels.issueId, p('issue')))),
  )
  const insertLink = preparedStatement(
    database,
    orm
      .insert(issueLinks)
      .values({ source: p('source'), kind: p('kind'), target: p('target') })
      .onConflictDoNothing(),
  )
  const deleteLink = preparedStatement(
    database,
    orm
      .delete(issueLinks)
      .where(
        and(
          eq(issueLinks.source, p('source')),
          eq(issueLinks.kind, p('kind')),
          eq(issueLinks.target, p('target')),
        ),
      ),
  )
  return { insertAssignee, deleteAssignee, insertLabel, deleteLabel, insertLink, deleteLink }
}

/** The statements of keys, counts, changed comments and superseded events, and of taking an issue away. */
function eventStatements(database: WriteDatabase) {
  const { orm } = database
  const insertKey = preparedStatement(
    database,
    orm
      .insert(issueKeys)
      .values({ key: p('key'), issueId: p('issue') })
      .onConflictDoNothing(),
  )
  const addToCount = preparedStatement(
    database,
    orm
      .insert(issueCounts)
      .values({ facet: p('facet'), ref: p('ref'), status: p('status'), count: p('by') })
      .onConflictDoUpdate({
        target: [issueCounts.facet, issueCounts.ref, issueCounts.status],
        set: { count: sql`${issueCounts.count} + excluded.count` },
      }),
  )
  const putComment = preparedStatement(
    database,
    orm
      .insert(changedComments)
      .values({
        position: p('position'),
        bodyPosition: p('body'),
        editedAt: p('editedAt'),
        deleted: p('deleted'),
      })
      .onConflictDoUpdate({
        target: changedComments.position,
        set: {
          bodyPosition: sql`excluded.body_position`,
          editedAt: sql`excluded.edited_at`,
          deleted: sql`excluded.deleted`,
        },
      }),
  )
  const insertSuperseded = preparedStatement(
    database,
    orm
      .insert(supersededEvents)
      .values({ position: p('position'), by: p('by') })
      .onConflictDoNothing(),
  )
  const deleteComment = preparedStatement(
    database,
    orm.delete(changedComments).where(eq(changedComments.position, p('position'))),
  )
  const deleteSuperseded = preparedStatement(
    database,
    orm.delete(supersededEvents).where(eq(supersededEvents.position, p('position'))),
  )
  const deleteIssue = preparedStatement(database, orm.delete(issues).where(eq(issues.id, p('id'))))
  const deleteKey = preparedStatement(
    database,
    orm.delete(issueKeys).where(and(eq(issueKeys.key, p('key')), eq(issueKeys.issueId, p('issue')))),
  )
  return {
    insertKey,
    addToCount,
    putComment,
    insertSuperseded,
    deleteComment,
    deleteSuperseded,
    deleteIssue,
    deleteKey,
  }
}

/** The statements that keep an issue's tables, each prepared once. */
export const issueStatements = (database: WriteDatabase) => ({
  ...rowStatements(database),
  ...setStatements(database),
  ...eventStatements(database),
})

export type IssueStatements = ReturnType<typeof issueStatements>
