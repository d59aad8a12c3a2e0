import { type FieldChange, type FieldValue, fields, type IssueField } from '../issue/fields/fields.ts'
import {
  changePart,
  dayValue,
  here,
  name,
  type Part,
  priorityValue,
  text,
  type Value,
  value,
  was,
} from './parts.ts'
import type { PhraseContext, Phrases } from './phrase.ts'

/** A field's value as a part; `null` where it has none. */
function valuePart({ kind }: IssueField, of: FieldValue, { entity }: PhraseContext): Value | null {
  if (of === null) return null
  switch (kind.operand) {
    case 'text':
      return name(String(of))
    case 'rank':
      return priorityValue(String(of))
    case 'day':
      return dayValue(String(of))
    case 'reference':
      return entity(kind.to, String(of))
    default:
      return value(String(of))
  }
}

function movedBetween(from: Value | null, to: Value | null): readonly Part[] {
  if (to === null)
    return from === null
      ? [text('took'), here('', 'this'), text('out of its project')]
      : [text('took'), here('', 'this'), text('out of the project'), from]
  if (from === null) return [text('moved'), here('', 'this'), text('to the project'), to]
  return [text('changed the project'), here('of'), changePart(from, to)]
}

/** Which verb sets what a field of that kind did not have, and which one changes what it had. */
const verbs = { text: 'changed', rank: 'set', day: 'moved', reference: 'changed', number: 'changed' } as const

function fieldPhrase(
  field: IssueField,
  from: Value | null,
  to: Value | null,
  isNone: boolean,
): readonly Part[] {
  const title = field.title.toLowerCase()
  if (field.name === 'title' && to) return [text('renamed'), here(), changePart(from, to)]
  if (field.name === 'project') return movedBetween(from, to)
  const former = from === null ? [] : [was(from)]
  if (to === null) return [text(`removed the ${title}`), here('of'), ...former]
  if (isNone) return [text(`took the ${title} off`), here('', 'this'), ...former]
  const verb = from === null ? 'set' : verbs[field.kind.operand]
  return [text(`${verb} the ${title}`), here('of'), changePart(from, to)]
}

/** Says how a field was changed: by its kind, but for those that people have a word of their own for. */
export const fieldPhrases = Object.fromEntries(
  fields.map((field) => [
    field.event.name,
    ({ from, to }: { readonly from: FieldValue; readonly to: FieldValue }, context: PhraseContext) => ({
      parts: fieldPhrase(
        field,
        valuePart(field, from, context),
        valuePart(field, to, context),
        field.kind.operand === 'rank' && to === field.initial,
      ),
    }),
  ]),
) as unknown as Phrases<FieldChange>

/** What a line that stands for several changes says of one field's. */
export const changedWords = ({ title, kind }: IssueField): string =>
  `${kind.operand === 'text' || kind.operand === 'reference' ? 'changed' : 'set'} the ${title.toLowerCase()}`
