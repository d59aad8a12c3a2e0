import type { Field } from '../issue/fields/field.ts'
import { fieldsOf, type IssueField } from '../issue/fields/fields.ts'
import type { EventFacts } from './facts/event-facts.ts'

const shared = {
  feed: 'folds',
  touches: 'row',
  activity: 'changed',
  notifies: 'followers',
} as const satisfies Partial<EventFacts>

type FactsOf<F extends Field> = typeof shared & {
  readonly sign: F['event']['sign']
  /** Words are looked for in texts alone. */
  readonly searchText: F['kind'] extends { readonly operand: 'text' } ? 'issue' : null
  readonly ruleTrigger: string
}

const factsOf = ({ kind, title, event: { sign } }: IssueField): EventFacts => ({
  ...shared,
  sign,
  searchText: kind.operand === 'text' ? 'issue' : null,
  ruleTrigger: `${title.toLowerCase()} changed`,
})

/** The facts about the change of each field, what rules wait for most first. */
export const fieldFacts = Object.fromEntries(
  fieldsOf('rank', 'day', 'reference', 'number', 'text').map((field) => [field.event.name, factsOf(field)]),
) as unknown as { readonly [F in IssueField as F['event']['name']]: FactsOf<F> }
