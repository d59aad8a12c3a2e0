import { type Priority, priorityRank } from '../priority.ts'
import { unreachable } from '../unreachable.ts'
import type { Comparison } from './filter.ts'
import type { ResolvedCondition, ResolvedFilter } from './resolve-filter.ts'
import { foldedWords } from './text-words.ts'

/** What a filter looks at. A row of a list has it all but the texts. */
export type Matchable = {
  readonly id: string
  readonly status: string
  readonly open: boolean
  readonly archived: boolean
  readonly priority: Priority
  readonly dueDate: string | null
  readonly project: string | null
  readonly authorId: string | null
  readonly assignees: readonly string[]
  readonly labels: readonly string[]
  readonly comments: number
  readonly createdAt: number
  readonly updatedAt: number
  /** Title, description and live comments. */
  readonly texts: readonly string[]
}

function holds(comparison: Comparison, a: number, b: number): boolean {
  switch (comparison) {
    case '=':
      return a === b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
  }
}

function says(text: string, wanted: readonly string[]): boolean {
  const words = foldedWords(text)
  return words.some((_, start) => wanted.every((word, offset) => words[start + offset] === word))
}

function conditionHolds(condition: ResolvedCondition, issue: Matchable): boolean {
  switch (condition.kind) {
    case 'open':
      return issue.open === condition.open
    case 'archived':
      return issue.archived
    case 'status':
      return condition.statuses.includes(issue.status)
    case 'assignee':
      return (
        (condition.none && issue.assignees.length === 0) ||
        condition.members.some((id) => issue.assignees.includes(id))
      )
    case 'author':
      return issue.authorId !== null && condition.members.includes(issue.authorId)
    case 'label':
      return (
        (condition.none && issue.labels.length === 0) ||
        condition.labels.some((id) => issue.labels.includes(id))
      )
    case 'project':
      return issue.project === null ? condition.none : condition.projects.includes(issue.project)
    case 'priority':
      return holds(condition.comparison, priorityRank(issue.priority), condition.rank)
    case 'created':
      return issue.createdAt >= condition.from && issue.createdAt < condition.to
    case 'updated':
      return issue.updatedAt >= condition.from && issue.updatedAt < condition.to
    case 'due':
      return issue.dueDate !== null && issue.dueDate >= condition.from && issue.dueDate <= condition.to
    case 'due_none':
      return issue.dueDate === null
    case 'overdue':
      return issue.open && issue.dueDate !== null && issue.dueDate < condition.before
    case 'comments':
      return holds(condition.comparison, issue.comments, condition.count)
    case 'key':
      return condition.issues.includes(issue.id)
    case 'text': {
      const wanted = foldedWords(condition.text)
      return wanted.length > 0 && issue.texts.some((text) => says(text, wanted))
    }
    default:
      return unreachable(condition)
  }
}

/** Whether an issue is what a filter asks for: the same answer that the compiled SQL gives. */
export function matches(filter: ResolvedFilter, issue: Matchable): boolean {
  if (filter.archived === 'without' && issue.archived) return false
  return filter.terms.every((term) => conditionHolds(term.condition, issue) !== term.negated)
}
