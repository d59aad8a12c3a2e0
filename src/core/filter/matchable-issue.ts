import type { IssueState } from '../issue-state.ts'
import { isOpenIn, type Workflow } from '../workflow.ts'
import type { Matchable } from './match-filter.ts'

/** A folded issue as a filter looks at it. @param texts title, description and live comments; may be empty where no text is asked for. */
export function matchableIssue(issue: IssueState, workflow: Workflow, texts: readonly string[]): Matchable {
  const {
    id,
    status,
    archived,
    priority,
    dueDate,
    project,
    authorId,
    assignees,
    labels,
    createdAt,
    updatedAt,
  } = issue
  return {
    id,
    status,
    open: isOpenIn(workflow, status),
    archived,
    priority,
    dueDate,
    project,
    authorId,
    assignees,
    labels,
    comments: issue.liveComments,
    createdAt,
    updatedAt,
    texts,
  }
}
