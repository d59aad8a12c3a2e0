import { type ListedType, listedEntity } from '../entities/kinds/entities.ts'
import { done, type Refusal, type Result, refuse } from '../values/refusal.ts'
import {
  type FieldChange,
  type FieldValue,
  fields,
  fieldValue,
  type IssueField,
  valueIn,
} from './fields/fields.ts'
import type { IssueState } from './issue-state.ts'

/** What a decision about a field asks beside the issue: whether what it refers to is there. */
type References = { readonly entityExists: (type: ListedType, id: string) => boolean }
type Unknown = { readonly ok: false; readonly error: Refusal }

/** The refusal of a label, a member or a project that is not there. */
export function unknownEntity(type: ListedType, id: string): Unknown {
  const { unknown, idProperty } = listedEntity(type)
  return refuse(unknown.code, unknown.sentence, { [idProperty]: id })
}

const changeOf = (field: IssueField, from: FieldValue, to: FieldValue): FieldChange =>
  ({ type: field.event.name, data: { from, to } }) as FieldChange

/** Sets a field to what somebody wants it to be. @param base what a text was when its author began. */
export function decideField(
  state: IssueState,
  field: IssueField,
  to: FieldValue,
  context: References,
  base?: string,
): Result<readonly FieldChange[]> {
  const from = fieldValue(state, field)
  if (to === from) return done([])
  const { kind, title } = field
  if (kind.operand === 'reference' && to !== null) {
    if (!context.entityExists(kind.to, String(to))) return unknownEntity(kind.to, String(to))
  }
  const stale = kind.operand === 'text' ? refuseStale(title.toLowerCase(), base, String(from)) : undefined
  return stale ?? done([changeOf(field, from, to)])
}

/** @returns the refusal of a text that was written over another than the one that stands there now. */
export function refuseStale(
  what: string,
  base: string | undefined,
  now: string,
): { ok: false; error: Refusal } | undefined {
  return base === undefined || base === now
    ? undefined
    : refuse(
        'text_changed',
        `The ${what} was changed while you were writing. Nothing was overwritten: keep yours, or take what stands there now.`,
        { theirs: now },
      )
}

/** The fields of an issue that is made: those that `created` holds, and the changes that set the others right after it. */
export function decideNewFields(
  state: IssueState,
  command: object,
  context: References,
): Result<{ readonly held: Readonly<Record<string, FieldValue>>; readonly later: readonly FieldChange[] }> {
  const held: Record<string, FieldValue> = {}
  const later: FieldChange[] = []
  for (const field of fields) {
    const to = valueIn(command, field) ?? field.initial
    const decided = decideField(state, field, to, context)
    if (!decided.ok) return decided
    if (!field.inCreated) later.push(...decided.value)
    else if (to !== field.initial) held[field.key] = to
  }
  return done({ held, later })
}
