import { isDeepStrictEqual } from 'node:util'
import { and, eq, sql } from 'drizzle-orm'
import type { RecordedEvent } from '#core/events/event.ts'
import { factsOf } from '#core/events/shipped-facts.ts'
import type { CommentState, IssueState } from '#core/issue/issue-state.ts'
import { isOpenIn, type Workflow } from '#core/workflow/workflow.ts'
import { type IssueBefore, issueBefore, projectedOf } from '../log/read/issue-before.ts'
import { recordedAt } from '../log/rows/recorded-at.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
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
import { conflictProjection } from './conflict-projection.ts'
import { type FieldColumn, fieldColumnNames, storedFields } from './field-columns.ts'

type Counted = Pick<IssueState, 'exists' | 'archived' | 'status' | 'project' | 'assignees' | 'labels'>

export type IssueProjection = {
  /** Brings the tables from `before` to `after`; `recorded` are the events between, in order. Inside the append's transaction. */
  apply(before: IssueBefore, after: IssueState, recorded: readonly RecordedEvent[]): undefined
  /** Brings the tables from one folding of the issue to another: something that belongs before what was folded arrived late. */
  replace(before: IssueState, after: IssueState): undefined
  /** Brings along what a corrected time changes of an issue, and nothing else is otherwise. */
  retime(after: IssueState): undefined
  /** Which states count as open from here on; rows written before are brought along. */
  workflowChanged(workflow: Workflow): undefined
}

/** Facets of `issue_counts`. */
export const facets = { all: 0, label: 1, assignee: 2, project: 3 } as const

const p = sql.placeholder
/** Something for each column that holds a field. */
const ofFields = <Made>(make: (name: FieldColumn) => Made): Readonly<Record<FieldColumn, Made>> =>
  Object.fromEntries(fieldColumnNames.map((name) => [name, make(name)])) as Record<FieldColumn, Made>
const missing = <T>(from: readonly T[], has: readonly T[]): T[] =>
  from === has ? [] : from.filter((item) => !has.includes(item))

/** Whether a comment is not as it was written. */
const isChanged = (comment: Pick<CommentState, 'eventId' | 'bodyEventId' | 'deleted'>): boolean =>
  comment.deleted || comment.bodyEventId !== comment.eventId
const unchanged = { eventId: '', bodyEventId: '', deleted: false }

export function issueProjection(
  database: WriteDatabase,
  streamIds: StreamIds,
  initialWorkflow: Workflow,
): IssueProjection {
  const { orm } = database
  let workflow = initialWorkflow
  const isOpen = (status: string): number => (isOpenIn(workflow, status) ? 1 : 0)

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
  const conflicts = conflictProjection(database, streamIds)
  const recorded = recordedAt(database)
  const positionOfEvent = (id: string): number => recorded(id).position

  function writeOrigin(id: number, { number, authorId, createdAt }: IssueState): void {
    updateOrigin.run({ id, number, authorId: streamIds.ensure(authorId as string, 'member').id, createdAt })
  }

  function rowOf(id: number, state: IssueState) {
    return {
      id,
      status: state.status,
      open: isOpen(state.status),
      archived: state.archived ? 1 : 0,
      updatedAt: state.updatedAt,
      comments: state.liveComments,
      ...storedFields(state, streamIds),
    }
  }

  function writeRow(
    id: number,
    before: IssueBefore,
    after: IssueState,
    recorded: readonly RecordedEvent[],
  ): void {
    const row = rowOf(id, after)
    if (!before.exists) {
      insertIssue.run({
        ...row,
        number: after.number,
        authorId: streamIds.ensure(after.authorId as string, 'member').id,
        createdAt: after.createdAt,
        description: after.description,
      })
      if (after.externalKey) insertKey.run({ key: after.externalKey.toLowerCase(), issue: id })
      return
    }
    if (before.number !== after.number) writeOrigin(id, after)
    const touched = recorded.map((event) => factsOf(event.type).touches)
    if (touched.every((what) => what === 'nothing')) return
    if (!touched.includes('row')) touchIssue.run(row)
    else updateIssue.run(row)
    if (recorded.some((event) => event.type === 'description_changed'))
      updateDescription.run({ id, description: after.description })
  }

  function writeSets(
    id: number,
    before: Pick<IssueState, 'assignees' | 'labels' | 'links'>,
    after: IssueState,
  ): void {
    const member = (uuid: string) => streamIds.ensure(uuid, 'member').id
    const label = (uuid: string) => streamIds.ensure(uuid, 'label').id
    for (const uuid of missing(after.assignees, before.assignees))
      insertAssignee.run({ issue: id, member: member(uuid) })
    for (const uuid of missing(before.assignees, after.assignees))
      deleteAssignee.run({ issue: id, member: member(uuid) })
    for (const uuid of missing(after.labels, before.labels))
      insertLabel.run({ issue: id, label: label(uuid) })
    for (const uuid of missing(before.labels, after.labels))
      deleteLabel.run({ issue: id, label: label(uuid) })
    // A fold keeps the link objects of a list that it extends, so identity tells what is new. One that was taken away and made again is another
    // object of the same content: it goes before it comes.
    for (const { kind, target } of missing(before.links, after.links))
      deleteLink.run({ source: id, kind, target: streamIds.ensure(target, 'issue').id })
    for (const { kind, target } of missing(after.links, before.links))
      insertLink.run({ source: id, kind, target: streamIds.ensure(target, 'issue').id })
  }

  function count(of: Counted, by: 1 | -1): void {
    if (!of.exists || of.archived) return
    addToCount.run({ facet: facets.all, ref: 0, status: of.status, by })
    if (of.project !== null)
      addToCount.run({
        facet: facets.project,
        ref: streamIds.ensure(of.project, 'project').id,
        status: of.status,
        by,
      })
    for (const uuid of of.labels)
      addToCount.run({ facet: facets.label, ref: streamIds.ensure(uuid, 'label').id, status: of.status, by })
    for (const uuid of of.assignees)
      addToCount.run({
        facet: facets.assignee,
        ref: streamIds.ensure(uuid, 'member').id,
        status: of.status,
        by,
      })
  }

  function writeComment(comment: CommentState): void {
    putComment.run({
      position: positionOfEvent(comment.eventId),
      body: positionOfEvent(comment.bodyEventId),
      editedAt: comment.editedAt,
      deleted: comment.deleted ? 1 : 0,
    })
  }

  function writeSuperseded({ eventId, by }: IssueState['superseded'][number]): void {
    insertSuperseded.run({
      position: positionOfEvent(eventId),
      by: by === null ? null : positionOfEvent(by),
    })
  }

  function writeKeys(id: number, before: readonly string[], after: readonly string[]): void {
    for (const key of missing(after, before)) insertKey.run({ key, issue: id })
  }

  function recount(before: Counted, after: IssueState): void {
    const counted =
      before.exists === after.exists &&
      before.status === after.status &&
      before.archived === after.archived &&
      before.project === after.project &&
      before.assignees === after.assignees &&
      before.labels === after.labels
    if (counted) return
    count(before, -1)
    count(after, 1)
  }

  return {
    apply(before, after, recorded) {
      if (!after.exists) return undefined
      const id = streamIds.ensure(after.id, 'issue').id
      writeRow(id, before, after, recorded)
      writeSets(id, before, after)
      writeKeys(id, before.formerKeys, after.formerKeys)
      recount(before, after)
      if (!before.exists)
        for (const comment of Object.values(after.comments)) if (isChanged(comment)) writeComment(comment)
      for (const event of before.exists ? recorded : []) {
        if (event.type === 'conflict_settled')
          conflicts.settle(id, (event.data as { conflict: string }).conflict, after.settled)
        if (event.type !== 'comment_edited' && event.type !== 'comment_deleted') continue
        const comment = after.comments[String((event.data as { commentId: string }).commentId)]
        if (comment && isChanged(comment)) writeComment(comment)
      }
      for (const superseded of after.superseded.slice(before.supersededCount)) writeSuperseded(superseded)
      for (const conflict of missing(after.conflicts, before.conflicts))
        conflicts.enter(id, conflict, after.settled)
      return undefined
    },
    replace(foldedBefore, foldedAfter) {
      const [before, after] = [projectedOf(foldedBefore), projectedOf(foldedAfter)]
      if (!after.exists && !before.exists) return undefined
      const id = streamIds.ensure(after.id, 'issue').id
      if (!before.exists) writeRow(id, issueBefore(before), after, [])
      else if (!after.exists) deleteIssue.run({ id })
      else {
        updateIssue.run(rowOf(id, after))
        writeOrigin(id, after)
        if (before.description !== after.description)
          updateDescription.run({ id, description: after.description })
      }
      if (before.externalKey !== after.externalKey) {
        if (before.externalKey) deleteKey.run({ key: before.externalKey.toLowerCase(), issue: id })
        if (after.externalKey) insertKey.run({ key: after.externalKey.toLowerCase(), issue: id })
      }
      for (const key of missing(before.formerKeys, after.formerKeys)) deleteKey.run({ key, issue: id })
      writeKeys(id, before.formerKeys, after.formerKeys)
      writeSets(id, before, after)
      recount(before, after)
      for (const comment of Object.values(before.comments))
        if (isChanged(comment) && !isChanged(after.comments[comment.id] ?? unchanged))
          deleteComment.run({ position: positionOfEvent(comment.eventId) })
      for (const comment of Object.values(after.comments)) {
        const old = before.comments[comment.id]
        if (isChanged(comment) && !(old && isDeepStrictEqual(old, comment))) {
          // Two devices may have begun a comment under one id: it is kept at whichever came first.
          if (old && old.eventId !== comment.eventId)
            deleteComment.run({ position: positionOfEvent(old.eventId) })
          writeComment(comment)
        }
      }
      const wasSuperseded = new Map(before.superseded.map((each) => [each.eventId, each.by]))
      for (const each of after.superseded) {
        if (wasSuperseded.get(each.eventId) !== each.by) {
          deleteSuperseded.run({ position: positionOfEvent(each.eventId) })
          writeSuperseded(each)
        }
        wasSuperseded.delete(each.eventId)
      }
      for (const eventId of wasSuperseded.keys()) deleteSuperseded.run({ position: positionOfEvent(eventId) })
      const keys = new Set(after.conflicts.map((each) => each.id))
      const had = new Set(before.conflicts.map((each) => each.id))
      for (const { id: key } of before.conflicts) if (!keys.has(key)) conflicts.remove(id, key)
      for (const conflict of after.conflicts)
        if (had.has(conflict.id)) conflicts.settle(id, conflict.id, after.settled)
        else conflicts.enter(id, conflict, after.settled)
      return undefined
    },
    retime(after) {
      if (!after.exists) return undefined
      const id = streamIds.ensure(after.id, 'issue').id
      writeOrigin(id, after)
      touchIssue.run(rowOf(id, after))
      for (const comment of Object.values(after.comments)) if (isChanged(comment)) writeComment(comment)
      return conflicts.replace(id, after)
    },
    workflowChanged(changed) {
      workflow = changed
      for (const state of changed.states)
        orm
          .update(issues)
          .set({ open: isOpen(state.id) })
          .where(eq(issues.status, state.id))
          .run()
      return undefined
    },
  }
}
