import { isDeepStrictEqual } from 'node:util'
import { eq } from 'drizzle-orm'
import type { RecordedEvent } from '#core/events/event.ts'
import { fieldValue } from '#core/issue/fields/fields.ts'
import { type FacetValues, facetFields, facets, facetValues } from '#core/issue/fields/issue-facets.ts'
import type { CommentState, IssueState } from '#core/issue/issue-state.ts'
import type { Workflow } from '#core/workflow/workflow.ts'
import { type IssueBefore, issueBefore, projectedOf } from '../log/read/issue-before.ts'
import { recordedAt } from '../log/rows/recorded-at.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
import { issues } from '../schema.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { conflictProjection } from './conflicts/conflict-projection.ts'
import {
  type IssueContext,
  issueRowOf,
  missingItems,
  openColumn,
  writeChangedComment,
  writeIssueKeys,
  writeIssueOrigin,
  writeIssueRow,
  writeIssueSets,
  writeSupersededEvent,
} from './issue-rows.ts'
import { issueStatements } from './issue-statements.ts'

type Counted = Pick<IssueState, 'exists' | 'archived' | 'status' | 'assignees' | 'labels'> &
  Partial<FacetValues>

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

/** Whether a comment is not as it was written. */
const isChanged = (comment: Pick<CommentState, 'eventId' | 'bodyEventId' | 'deleted'>): boolean =>
  comment.deleted || comment.bodyEventId !== comment.eventId
const unchanged = { eventId: '', bodyEventId: '', deleted: false }

function count(context: IssueContext, of: Counted, by: 1 | -1): void {
  if (!of.exists || of.archived) return
  context.statements.addToCount.run({ facet: facets.all, ref: 0, status: of.status, by })
  const values = facetValues(of)
  for (const { key, kind } of facetFields) {
    const uuid = values[key]
    if (uuid !== null)
      context.statements.addToCount.run({
        facet: facets[key],
        ref: context.streamIds.ensure(uuid, kind.to).id,
        status: of.status,
        by,
      })
  }
  for (const uuid of of.labels)
    context.statements.addToCount.run({
      facet: facets.label,
      ref: context.streamIds.ensure(uuid, 'label').id,
      status: of.status,
      by,
    })
  for (const uuid of of.assignees)
    context.statements.addToCount.run({
      facet: facets.assignee,
      ref: context.streamIds.ensure(uuid, 'member').id,
      status: of.status,
      by,
    })
}

function recount(context: IssueContext, before: Counted, after: IssueState): void {
  const counted =
    before.exists === after.exists &&
    before.status === after.status &&
    before.archived === after.archived &&
    facetFields.every((field) => fieldValue(before, field) === fieldValue(after, field)) &&
    before.assignees === after.assignees &&
    before.labels === after.labels
  if (counted) return
  count(context, before, -1)
  count(context, after, 1)
}

function applyRecorded(
  context: IssueContext,
  before: IssueBefore,
  after: IssueState,
  recorded: readonly RecordedEvent[],
): undefined {
  if (!after.exists) return undefined
  const id = context.streamIds.ensure(after.id, 'issue').id
  writeIssueRow(context, id, before, after, recorded)
  writeIssueSets(context, id, before, after)
  writeIssueKeys(context, id, before.formerKeys, after.formerKeys)
  recount(context, before, after)
  if (!before.exists)
    for (const comment of Object.values(after.comments))
      if (isChanged(comment)) writeChangedComment(context, comment)
  for (const event of before.exists ? recorded : []) {
    if (event.type === 'conflict_settled')
      context.conflicts.settle(id, (event.data as { conflict: string }).conflict, after.settled)
    if (event.type !== 'comment_edited' && event.type !== 'comment_deleted') continue
    const comment = after.comments[String((event.data as { commentId: string }).commentId)]
    if (comment && isChanged(comment)) writeChangedComment(context, comment)
  }
  for (const superseded of after.superseded.slice(before.supersededCount))
    writeSupersededEvent(context, superseded)
  for (const conflict of missingItems(after.conflicts, before.conflicts))
    context.conflicts.enter(id, conflict, after.settled)
  return undefined
}

function replaceFolding(context: IssueContext, foldedBefore: IssueState, foldedAfter: IssueState): undefined {
  const [before, after] = [projectedOf(foldedBefore), projectedOf(foldedAfter)]
  if (!after.exists && !before.exists) return undefined
  const id = context.streamIds.ensure(after.id, 'issue').id
  if (!before.exists) writeIssueRow(context, id, issueBefore(before), after, [])
  else if (!after.exists) context.statements.deleteIssue.run({ id })
  else {
    context.statements.updateIssue.run(issueRowOf(context, id, after))
    writeIssueOrigin(context, id, after)
    if (before.description !== after.description)
      context.statements.updateDescription.run({ id, description: after.description })
  }
  if (before.externalKey !== after.externalKey) {
    if (before.externalKey)
      context.statements.deleteKey.run({ key: before.externalKey.toLowerCase(), issue: id })
    if (after.externalKey)
      context.statements.insertKey.run({ key: after.externalKey.toLowerCase(), issue: id })
  }
  for (const key of missingItems(before.formerKeys, after.formerKeys))
    context.statements.deleteKey.run({ key, issue: id })
  writeIssueKeys(context, id, before.formerKeys, after.formerKeys)
  writeIssueSets(context, id, before, after)
  recount(context, before, after)
  for (const comment of Object.values(before.comments))
    if (isChanged(comment) && !isChanged(after.comments[comment.id] ?? unchanged))
      context.statements.deleteComment.run({ position: context.positionOfEvent(comment.eventId) })
  for (const comment of Object.values(after.comments)) {
    const old = before.comments[comment.id]
    if (isChanged(comment) && !(old && isDeepStrictEqual(old, comment))) {
      // Two devices may have begun a comment under one id: it is kept at whichever came first.
      if (old && old.eventId !== comment.eventId)
        context.statements.deleteComment.run({ position: context.positionOfEvent(old.eventId) })
      writeChangedComment(context, comment)
    }
  }
  const wasSuperseded = new Map(before.superseded.map((each) => [each.eventId, each.by]))
  for (const each of after.superseded) {
    if (wasSuperseded.get(each.eventId) !== each.by) {
      context.statements.deleteSuperseded.run({ position: context.positionOfEvent(each.eventId) })
      writeSupersededEvent(context, each)
    }
    wasSuperseded.delete(each.eventId)
  }
  for (const eventId of wasSuperseded.keys())
    context.statements.deleteSuperseded.run({ position: context.positionOfEvent(eventId) })
  const keys = new Set(after.conflicts.map((each) => each.id))
  const had = new Set(before.conflicts.map((each) => each.id))
  for (const { id: key } of before.conflicts) if (!keys.has(key)) context.conflicts.remove(id, key)
  for (const conflict of after.conflicts)
    if (had.has(conflict.id)) context.conflicts.settle(id, conflict.id, after.settled)
    else context.conflicts.enter(id, conflict, after.settled)
  return undefined
}

function retimeIssue(context: IssueContext, after: IssueState): undefined {
  if (!after.exists) return undefined
  const id = context.streamIds.ensure(after.id, 'issue').id
  writeIssueOrigin(context, id, after)
  context.statements.touchIssue.run(issueRowOf(context, id, after))
  for (const comment of Object.values(after.comments))
    if (isChanged(comment)) writeChangedComment(context, comment)
  return context.conflicts.replace(id, after)
}

function changeWorkflow(context: IssueContext, { orm }: WriteDatabase, changed: Workflow): undefined {
  context.workflow = changed
  for (const state of changed.states)
    orm
      .update(issues)
      .set({ open: openColumn(context, state.id) })
      .where(eq(issues.status, state.id))
      .run()
  return undefined
}

/** The tables of issues, kept in the append's transaction. */
export function issueProjection(
  database: WriteDatabase,
  streamIds: StreamIds,
  initialWorkflow: Workflow,
): IssueProjection {
  const recorded = recordedAt(database)
  const context: IssueContext = {
    statements: issueStatements(database),
    streamIds,
    conflicts: conflictProjection(database, streamIds),
    positionOfEvent: (id) => recorded(id).position,
    workflow: initialWorkflow,
  }
  return {
    apply: (before, after, events) => applyRecorded(context, before, after, events),
    replace: (before, after) => replaceFolding(context, before, after),
    retime: (after) => retimeIssue(context, after),
    workflowChanged: (changed) => changeWorkflow(context, database, changed),
  }
}
