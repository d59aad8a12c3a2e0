import { listedEntity } from '#core/entities/kinds/entities.ts'
import { type Filterable, filterableCalled, filterables } from '#core/filter/compared.ts'
import { dayOf } from '#core/filter/local-days.ts'
import type { FieldKind, FilterDeclaration } from '#core/issue/fields/field.ts'
import type { ShownWorkspace } from '../../lib/workspace.tsx'
import { nameAsValue, type QueryTerm, termsOf } from './query-terms.ts'

export type Suggestion = {
  readonly id: string
  /** What is added or completed. */
  readonly text: string
  readonly hint: string
  /** The whole filter once it is taken. */
  readonly completed: string
}

type Kind = Filterable['kind'] | FieldKind
type Operand = Kind['operand']
type Hint = readonly [string, string]
/** The keys of what is compared as some kinds of operand are. */
const keysOf = (...operands: readonly Operand[]): readonly Hint[] =>
  operands.flatMap((operand) =>
    filterables.flatMap(({ kind, filter }) =>
      kind.operand === operand ? [[`${filter.key}:`, filter.hint] as const] : [],
    ),
  )

const keys: readonly Hint[] = [
  ['is:open', 'not done yet'],
  ['is:closed', 'done or cancelled'],
  ['is:archived', 'put away'],
  ['is:all', 'open, closed and put away'],
  ['assignee:', 'who does it; @me is you'],
  ['author:', 'who wrote it'],
  ['label:', 'has this label'],
  ['-label:', 'has not this label'],
  ...keysOf('reference'),
  ['status:', 'in this state'],
  ...keysOf('rank', 'instant'),
  ['active:', 'with something happening then, such as active:2014-11'],
  ...keysOf('day', 'number'),
  ['sort:', 'the order'],
]

const sorts: readonly (readonly [string, string])[] = [
  ['updated-desc', 'latest change first'],
  ['updated-asc', 'oldest change first'],
  ['created-desc', 'newest first'],
  ['created-asc', 'oldest first'],
  ['priority-desc', 'most pressing first'],
]

/** This year, the last, this month, and two ages. */
function activeValues(now: number): readonly Hint[] {
  const month = dayOf(now).slice(0, 7)
  const year = month.slice(0, 4)
  const last = String(Number(year) - 1).padStart(4, '0')
  return [
    ['<7d', 'something happened within 7 days'],
    ['>90d', 'something happened longer ago than 90 days'],
    [month, 'this month'],
    [year, 'this year'],
    [last, 'last year'],
  ]
}

function valuesFor(field: string, workspace: ShownWorkspace): readonly Hint[] {
  const { members, labels, workflow } = workspace
  switch (field) {
    case 'is':
      return [
        ['open', 'not done yet'],
        ['closed', 'done or cancelled'],
        ['archived', 'put away'],
      ]
    case 'assignee':
    case 'author':
      return [
        ['@me', 'you'],
        ...members.map((member) => [nameAsValue(member.handle), member.name] as const),
        ...(field === 'assignee' ? ([['none', 'nobody']] as const) : []),
      ]
    case 'label':
      return [
        ...labels.map((label) => [nameAsValue(label.name), `${label.open.toLocaleString()} open`] as const),
        ['none', 'without labels'],
      ]
    case 'status':
      return workflow.states.map((state) => [state.id, state.name] as const)
    case 'sort':
      return sorts
    case 'active':
      return activeValues(Date.now())
    default: {
      const of = filterableCalled(field)
      return of ? comparedValues(of.kind, of.filter, workspace) : []
    }
  }
}

/** Values of what is compared, by its kind. */
function comparedValues(
  kind: Kind,
  { noneHint = 'not set' }: FilterDeclaration,
  workspace: ShownWorkspace,
): readonly Hint[] {
  const none: readonly Hint[] = kind.nullable ? [['none', noneHint]] : []
  switch (kind.operand) {
    case 'reference':
      return [
        ...(kind.to === 'member'
          ? workspace.members.map(({ handle, name }): Hint => [nameAsValue(handle), name])
          : workspace[listedEntity(kind.to).plural].map(
              ({ name, open }): Hint => [nameAsValue(name), `${open.toLocaleString()} open`],
            )),
        ...none,
      ]
    case 'rank': {
      const highest = kind.values.toReversed()
      return [...highest, ...highest.slice(1, 3).map((value) => `>=${value}`)].map(
        (value): Hint => [value, ''],
      )
    }
    case 'day':
      return [
        ...(kind.deadline ? [['overdue', 'past its day'] as const] : []),
        ...none,
        ['<7d', 'within 7 days'],
      ]
    case 'instant':
      return [
        ['<7d', 'within 7 days'],
        ['<30d', 'within 30 days'],
        ['>90d', 'longer ago than 90 days'],
      ]
    default:
      return none
  }
}

const quoted = (value: string): string => (/\s/.test(value) ? `"${value}"` : value)

/** What the word at the caret could become. @param caret index into `text` */
export function suggestionsFor(
  text: string,
  caret: number,
  workspace: ShownWorkspace,
): readonly Suggestion[] {
  const at: QueryTerm = termsOf(text).find(({ from, to }) => from < caret && caret <= to) ?? {
    from: caret,
    to: caret,
    text: '',
    field: null,
    value: '',
    negated: false,
  }
  const sign = at.negated ? '-' : ''
  const options =
    at.field === null
      ? keys.map(([word, hint]) => [word, hint] as const)
      : valuesFor(at.field, workspace).map(
          ([value, hint]) => [`${sign}${at.field}:${quoted(value)}`, hint] as const,
        )
  // A term that says something already needs no other; while suggestions are up, the list behind them is out of reach.
  if (options.some(([word]) => word === at.text)) return []
  const typed = (at.field === null ? at.text : at.value).toLowerCase()
  return options
    .filter(([word, hint]) => {
      const said = `${word.slice(word.indexOf(':') + 1)} ${at.field === 'assignee' || at.field === 'author' ? hint : ''}`
      return at.field === null ? word.startsWith(typed) && word !== typed : said.toLowerCase().includes(typed)
    })
    .filter(([word]) => word !== at.text)
    .slice(0, 12)
    .map(([word, hint]) => ({
      id: word,
      text: word,
      hint,
      completed: `${text.slice(0, at.from)}${word}${word.endsWith(':') ? '' : ' '}${text.slice(at.to).trimStart()}`,
    }))
}
