import type { ConflictedType, ConflictField, ConflictView } from '#contract/answers/sync-answers.ts'
import { type Entity, entityOfType } from '#core/entities/kinds/entities.ts'
import { type FieldName, fieldNamed, isFieldName } from '#core/issue/fields/fields.ts'
import { fieldText as declaredText, noneText } from '../fields/field-words.ts'

/** What else may be in conflict than a field that is declared. */
type OtherField = Exclude<ConflictField, FieldName>

const others: Readonly<Record<OtherField, string>> = {
  status: 'Status',
  description: 'Description',
  comment: 'Comment',
  field: 'Another field',
  link: 'Link',
  name: 'Name',
  email: 'E-mail address',
  colour: 'Colour',
  rule: 'Definition',
  enabled: 'State',
  event_type: 'Registration',
}

const otherTypes: Readonly<Record<Exclude<ConflictedType, Entity['type']>, string>> = {
  issue: 'Issue',
  rule: 'Rule',
  event_type: 'Event type',
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** What kind of thing it is of. */
export function typeText({ of: { type } }: Pick<ConflictView, 'of'>): string {
  const entity = entityOfType(type)
  return entity ? capital(entity.noun) : otherTypes[type as keyof typeof otherTypes]
}

const titleOf = (field: ConflictField): string =>
  isFieldName(field) ? (fieldNamed(field)?.title ?? field) : others[field]

/** What both changed, as a heading: `Due date`, or the name of a field that came from another tracker. */
export const conflictFieldText = ({ field, fieldName }: Pick<ConflictView, 'field' | 'fieldName'>): string =>
  field === 'field' && fieldName ? fieldName : titleOf(field)

/** The same within a sentence. The name of a foreign field keeps its own letters. */
const fieldInSentence = (conflict: Pick<ConflictView, 'field' | 'fieldName'>): string =>
  conflict.field === 'field' && conflict.fieldName
    ? `“${conflict.fieldName}”`
    : conflictFieldText(conflict).toLowerCase()

const nothing: Readonly<Record<OtherField, string>> = {
  status: 'Nothing',
  description: 'No text: it was erased',
  comment: 'No text: it was deleted or erased',
  field: 'Nothing',
  link: 'No link',
  name: 'Nothing',
  email: 'No address',
  colour: 'Nothing',
  rule: 'Removed',
  enabled: 'Removed',
  event_type: 'Nothing',
}

const nothingOf = (field: ConflictField): string => {
  if (!isFieldName(field)) return nothing[field]
  const declared = fieldNamed(field)
  return declared?.kind.nullable ? noneText(declared) : 'Nothing'
}

/** What a side set, or that it set nothing or its text is gone. */
export function valueText(
  conflict: Pick<ConflictView, 'field' | 'lost' | 'won'>,
  side: 'lost' | 'won',
): string {
  const { field } = conflict
  const { value } = conflict[side]
  if (value === null) return nothingOf(field)
  if (value === '') return 'Empty'
  const declared = fieldNamed(field)
  if (declared) return declaredText(declared, value)
  return field === 'enabled' ? (value === 'on' ? 'On' : 'Off') : value
}

const shortAtMost = 80

/** Whether the two sides are texts to be compared line by line, and not values to be seen at a glance. */
export function isLong({ field, lost, won }: Pick<ConflictView, 'field' | 'lost' | 'won'>): boolean {
  if (lost.value === null || won.value === null) return false
  if (field === 'description' || field === 'comment') return true
  return [lost.value, won.value].some((value) => value.length > shortAtMost || value.includes('\n'))
}

/** Whose change has no effect and whose stands. @param me the member who sits here */
export function conflictSentence(conflict: ConflictView, me: string): string {
  const { lost, won, settled } = conflict
  const lostIsMine = conflict.mine || lost.actorId === me
  const wonIsMine = won.actorId === me
  const whose = lostIsMine ? 'your change' : `a change by ${lost.actorName}`
  if (settled?.how === 'flipped') return `${whose} had no effect, and was made again`
  const one = `${whose} has no effect`
  if (lost.actorId === won.actorId)
    return `${one}; another ${wonIsMine ? 'of yours' : 'by the same person'} stands`
  return `${one}; ${wonIsMine ? 'yours' : `${won.actorName}’s`} stands`
}

/** What became of each side, in a word or two. */
export const sideStanding = ({ settled }: Pick<ConflictView, 'settled'>, side: 'lost' | 'won'): string => {
  if (settled?.how === 'flipped') return side === 'lost' ? 'made again' : 'stood until then'
  return side === 'lost' ? 'no effect' : 'stands'
}

/** What was done by flipping, as a short message. @param me the member who sits here */
export const flippedText = (conflict: ConflictView, me: string): string => {
  const { lost, of } = conflict
  const whose = conflict.mine || lost.actorId === me ? 'yours' : `${lost.actorName}’s`
  return `The ${fieldInSentence(conflict)} of ${of.name} is now ${whose}`
}
export const dismissedText = (conflict: ConflictView): string =>
  `The ${fieldInSentence(conflict)} of ${conflict.of.name} stays as it is`

/** Who decided and what, once somebody did; the time follows it. */
export const settledText = ({ how, byName }: NonNullable<ConflictView['settled']>): string =>
  how === 'flipped' ? `Made again by ${byName}` : `Kept as it is by ${byName}`

/** `1 change had no effect`. */
export const bannerText = (count: number, more: boolean): string =>
  count === 1 && !more
    ? '1 change had no effect'
    : `${count.toLocaleString('en')}${more ? ' or more' : ''} changes had no effect`
