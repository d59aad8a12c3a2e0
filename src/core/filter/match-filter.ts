import type { FieldValues } from '../issue/fields/fields.ts'
import { unreachable } from '../values/unreachable.ts'
import { ranksAt } from './compared.ts'
import type { Comparison } from './filter.ts'
import type { ResolvedCondition, ResolvedFilter } from './resolve-filter.ts'
import { foldedWords } from './text-words.ts'

/** What a filter looks at. A row of a list has it all but the texts. */
export type Matchable = FieldValues & {
  readonly id: string
  readonly status: string
  readonly open: boolean
  readonly archived: boolean
  readonly authorId: string | null
  readonly assignees: readonly string[]
  readonly labels: readonly string[]
  readonly comments: number
  readonly createdAt: number
  readonly updatedAt: number
  /** Whether one of its events that the history strip counts happened in that time. @param to exclusive */
  readonly isActive: (from: number, to: number) => boolean
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
    case 'reference': {
      const id = issue[condition.of]
      return id === null ? condition.none : condition.ids.includes(id)
    }
    case 'rank':
      return holds(condition.comparison, ranksAt(condition.of).indexOf(issue[condition.of]), condition.rank)
    case 'instant':
      return issue[condition.of] >= condition.from && issue[condition.of] < condition.to
    case 'active':
      return issue.isActive(condition.from, condition.to)
    case 'day': {
      const day = issue[condition.of]
      return day !== null && day >= condition.from && day <= condition.to
    }
    case 'overdue': {
      const day = issue[condition.of]
      return issue.open && day !== null && day < condition.before
    }
    case 'unset':
      return issue[condition.of] === null
    case 'number': {
      const number: number | null = issue[condition.of]
      return number !== null && holds(condition.comparison, number, condition.value)
    }
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
