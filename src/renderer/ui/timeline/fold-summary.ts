import type { FeedItem } from '#contract/answers/answers.ts'
import { entitySummary } from '#core/describe/entity-phrases.ts'
import { changedWords } from '#core/describe/field-phrases.ts'
import type { TypeWith } from '#core/events/shipped-facts.ts'
import { type FieldChange, fieldOfEvent } from '#core/issue/fields/fields.ts'

const named = (items: readonly FeedItem[], type: string, key: string): readonly string[] => {
  const names = items.filter((item) => item.type === type).map((item) => item.names[String(item.data[key])])
  return [...new Set(names.filter((name) => name !== undefined))]
}

const list = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ')
const count = (many: number, one: string): string => (many === 1 ? `a ${one}` : `${many} ${one}s`)

/** The types that fold: a new one does not compile without its words. A field has them by its title. */
type Folding = TypeWith<'feed', 'folds' | 'hidden'>
type Summary = (items: readonly FeedItem[], many: number) => string

/** Names what `type` did where the names are known, and counts otherwise. */
const naming =
  (type: string, verb: string, key: string, one: string): Summary =>
  (items, many) => {
    const names = named(items, type, key)
    return `${verb} ${names.length === 0 ? count(many, one) : list(names)}`
  }

const summaries: Readonly<Record<Exclude<Folding, FieldChange['type']>, Summary>> = {
  description_changed: () => 'edited the description',
  assigned: naming('assigned', 'assigned', 'memberId', 'person'),
  unassigned: naming('unassigned', 'unassigned', 'memberId', 'person'),
  labeled: naming('labeled', 'added', 'labelId', 'label'),
  unlabeled: naming('unlabeled', 'removed', 'labelId', 'label'),
  comment_edited: (_items, many) => `edited ${count(many, 'comment')}`,
  comment_deleted: (_items, many) => `deleted ${count(many, 'comment')}`,
  linked: (_items, many) => `added ${count(many, 'link')}`,
  unlinked: (_items, many) => `removed ${count(many, 'link')}`,
  subscribed: () => 'subscribed',
  unsubscribed: () => 'unsubscribed',
  muted: () => 'muted',
  unmuted: () => 'unmuted',
  notified: naming('notified', 'notified', 'memberId', 'person'),
  viewed: () => 'viewed',
  field_changed: (items, many) => {
    const fields = [
      ...new Set(items.map((item) => item.data.field).filter((field) => typeof field === 'string')),
    ]
    return `set ${fields.length === 0 ? count(many, 'field') : list(fields)}`
  },
  attached: (_items, many) => `attached ${count(many, 'file')}`,
  numbered: (_items, many) => `gave out ${count(many, 'number')}`,
}

const isSummed = (type: string): type is keyof typeof summaries => Object.hasOwn(summaries, type)

function summaryOf(type: string, items: readonly FeedItem[]): string {
  const field = fieldOfEvent(type)
  if (field) return changedWords(field)
  const ofEntities = entitySummary(type, items.length)
  if (ofEntities !== undefined) return ofEntities
  return isSummed(type)
    ? summaries[type](items, items.length)
    : `recorded ${items.length} × ${type.replaceAll('_', ' ')}`
}

/** Says in one line what several folded events did, oldest kind first: "added bug, ui, set the priority". */
export function foldSummary(items: readonly FeedItem[]): string {
  const oldestFirst = [...items].reverse()
  const types = [...new Set(oldestFirst.map((item) => item.type))]
  const told = types.map((type) =>
    summaryOf(
      type,
      oldestFirst.filter((item) => item.type === type),
    ),
  )
  if (told.length <= 1) return told.join('')
  return told.length > 4
    ? `${told.slice(0, 3).join(', ')} and ${told.length - 3} more kinds of change`
    : `${told.slice(0, -1).join(', ')} and ${told.at(-1)}`
}
