import { allFieldValues } from '../issue/fields/fields.ts'
import type { IssueState } from '../issue/issue-state.ts'
import { isOpenIn, type Workflow } from '../workflow/workflow.ts'
import type { Matchable } from './match-filter.ts'

/**
 * A folded issue as a filter looks at it. @param texts title, description and live comments; may be empty where no text is asked for.
 * @param isActive whether one of its events that the history strip counts happened in a time.
 */
export function matchableIssue(
  issue: IssueState,
  workflow: Workflow,
  texts: readonly string[],
  isActive: Matchable['isActive'],
): Matchable {
  const { id, status, archived, authorId, assignees, labels, createdAt, updatedAt } = issue
  return {
    ...allFieldValues(issue),
    id,
    status,
    open: isOpenIn(workflow, status),
    archived,
    authorId,
    assignees,
    labels,
    comments: issue.liveComments,
    createdAt,
    updatedAt,
    isActive,
    texts,
  }
}
