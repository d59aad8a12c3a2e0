import type { RecordedEvent } from '#core/events/event.ts'
import { factsOf } from '#core/events/shipped-facts.ts'
import type { CommentState, IssueState } from '#core/issue/issue-state.ts'
import { isOpenIn, type Workflow } from '#core/workflow/workflow.ts'
import type { IssueBefore } from '../log/read/issue-before.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
import type { ConflictProjection } from './conflicts/conflict-projection.ts'
import { storedFields } from './field-columns.ts'
import type { IssueStatements } from './issue-statements.ts'

/** What every write of an issue's tables needs. */
export type IssueContext = {
  readonly statements: IssueStatements
  readonly streamIds: StreamIds
  readonly conflicts: ConflictProjection
  readonly positionOfEvent: (id: string) => number
  /** As of the last change: it decides which states count as open. */
  workflow: Workflow
}

/** Items of `from` that `has` lacks, by identity. */
export const missingItems = <T>(from: readonly T[], has: readonly T[]): T[] =>
  from === has ? [] : from.filter((item) => !has.includes(item))

/** 1 where a status counts as open, as the column stores it. */
export const openColumn = (context: IssueContext, status: string): number =>
  isOpenIn(context.workflow, status) ? 1 : 0

/** Number, author and time of creation are written: they change only where an earlier event arrives late. */
export function writeIssueOrigin(
  context: IssueContext,
  id: number,
  { number, authorId, createdAt }: IssueState,
): void {
  context.statements.updateOrigin.run({
    id,
    number,
    authorId: context.streamIds.ensure(authorId as string, 'member').id,
    createdAt,
  })
}

/** The row of an issue's present state. */
export function issueRowOf(context: IssueContext, id: number, state: IssueState) {
  return {
    id,
    status: state.status,
    open: openColumn(context, state.status),
    archived: state.archived ? 1 : 0,
    updatedAt: state.updatedAt,
    comments: state.liveComments,
    ...storedFields(state, context.streamIds),
  }
}

/** The issue's row is inserted, or updated as far as `recorded` touch it. */
export function writeIssueRow(
  context: IssueContext,
  id: number,
  before: IssueBefore,
  after: IssueState,
  recorded: readonly RecordedEvent[],
): void {
  const row = issueRowOf(context, id, after)
  if (!before.exists) {
    context.statements.insertIssue.run({
      ...row,
      number: after.number,
      authorId: context.streamIds.ensure(after.authorId as string, 'member').id,
      createdAt: after.createdAt,
      description: after.description,
    })
    if (after.externalKey)
      context.statements.insertKey.run({ key: after.externalKey.toLowerCase(), issue: id })
    return
  }
  if (before.number !== after.number) writeIssueOrigin(context, id, after)
  const touched = recorded.map((event) => factsOf(event.type).touches)
  if (touched.every((what) => what === 'nothing')) return
  if (!touched.includes('row')) context.statements.touchIssue.run(row)
  else context.statements.updateIssue.run(row)
  if (recorded.some((event) => event.type === 'description_changed'))
    context.statements.updateDescription.run({ id, description: after.description })
}

/** Assignees, labels and links are brought from `before` to `after`. */
export function writeIssueSets(
  context: IssueContext,
  id: number,
  before: Pick<IssueState, 'assignees' | 'labels' | 'links'>,
  after: IssueState,
): void {
  const member = (uuid: string) => context.streamIds.ensure(uuid, 'member').id
  const label = (uuid: string) => context.streamIds.ensure(uuid, 'label').id
  for (const uuid of missingItems(after.assignees, before.assignees))
    context.statements.insertAssignee.run({ issue: id, member: member(uuid) })
  for (const uuid of missingItems(before.assignees, after.assignees))
    context.statements.deleteAssignee.run({ issue: id, member: member(uuid) })
  for (const uuid of missingItems(after.labels, before.labels))
    context.statements.insertLabel.run({ issue: id, label: label(uuid) })
  for (const uuid of missingItems(before.labels, after.labels))
    context.statements.deleteLabel.run({ issue: id, label: label(uuid) })
  // A fold keeps the link objects of a list that it extends, so identity tells what is new. One that was taken away and made again is another
  // object of the same content: it goes before it comes.
  for (const { kind, target } of missingItems(before.links, after.links))
    context.statements.deleteLink.run({
      source: id,
      kind,
      target: context.streamIds.ensure(target, 'issue').id,
    })
  for (const { kind, target } of missingItems(after.links, before.links))
    context.statements.insertLink.run({
      source: id,
      kind,
      target: context.streamIds.ensure(target, 'issue').id,
    })
}

/** A comment that is not as it was written is kept with its present body. */
export function writeChangedComment(context: IssueContext, comment: CommentState): void {
  context.statements.putComment.run({
    position: context.positionOfEvent(comment.eventId),
    body: context.positionOfEvent(comment.bodyEventId),
    editedAt: comment.editedAt,
    deleted: comment.deleted ? 1 : 0,
  })
}

/** An event without effect is kept with what superseded it. */
export function writeSupersededEvent(
  context: IssueContext,
  { eventId, by }: IssueState['superseded'][number],
): void {
  context.statements.insertSuperseded.run({
    position: context.positionOfEvent(eventId),
    by: by === null ? null : context.positionOfEvent(by),
  })
}

/** Keys that came since `before` lead to the issue. */
export function writeIssueKeys(
  context: IssueContext,
  id: number,
  before: readonly string[],
  after: readonly string[],
): void {
  for (const key of missingItems(after, before)) context.statements.insertKey.run({ key, issue: id })
}
