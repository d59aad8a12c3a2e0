import { dueDate } from './due-date.ts'
import { estimate } from './estimate.ts'
import type { Field, FieldKind, RecordedValueOf, ReferenceTarget, ValueOf } from './field.ts'
import { priority } from './priority.ts'
import { project } from './project.ts'
import { title } from './title.ts'

/** Every field of an issue that has one value at a time, in the order in which people meet them. */
export const fields = [title, priority, project, dueDate, estimate] as const

export type Fields = typeof fields
export type IssueField = Fields[number]
export type FieldKey = IssueField['key']
export type FieldName = IssueField['name']
/** Any field's value, whatever fields there are. */
export type FieldValue = string | number | null
/** A value for each field. */
export type FieldValues = { readonly [F in IssueField as F['key']]: ValueOf<F> }

type Sparse = Extract<IssueField, { readonly sparse: true }>
/** Each field as a folded state holds it. */
export type FieldStates = { [F in Exclude<IssueField, Sparse> as F['key']]: ValueOf<F> } & {
  [F in Sparse as F['key']]?: NonNullable<ValueOf<F>>
}

/** What a field's event says: the value that its author found, and the one that they set. */
export type ChangedData<F extends Field> = {
  readonly from: RecordedValueOf<F>
  readonly to: RecordedValueOf<F>
}
/** A change of any field, as an event says it. */
export type FieldChange = {
  [F in IssueField as F['key']]: { readonly type: F['event']['name']; readonly data: ChangedData<F> }
}[FieldKey]

/** The fields of some kinds, in order: lists that people read go kind by kind. */
export function fieldsOf<Operand extends FieldKind['operand']>(
  ...operands: readonly Operand[]
): readonly Extract<IssueField, { readonly kind: { readonly operand: Operand } }>[] {
  type Found = Extract<IssueField, { readonly kind: { readonly operand: Operand } }>
  return operands.flatMap((operand) =>
    fields.filter((field): field is Found => field.kind.operand === operand),
  )
}

const byEvent: ReadonlyMap<string, IssueField> = new Map(fields.map((field) => [field.event.name, field]))
const byCommand: ReadonlyMap<string, IssueField> = new Map(fields.map((field) => [field.command.name, field]))
const byName: ReadonlyMap<string, IssueField> = new Map(fields.map((field) => [field.name, field]))

/** The field that a type of event changes. */
export const fieldOfEvent = (type: string): IssueField | undefined => byEvent.get(type)
/** The field that a command changes. */
export const fieldOfCommand = (type: string): IssueField | undefined => byCommand.get(type)
/** The field of a stored name, as conflicts have it. */
export const fieldNamed = (name: string): IssueField | undefined => byName.get(name)

/** Whether a stored name is one of a field. */
export const isFieldName = (name: string): name is FieldName => byName.has(name)

/** Whatever has fields: a state, a row or a draft, which may leave some out. */
type Holder = { readonly [Key in FieldKey]?: FieldValue }

/** What it has in a field. */
export const fieldValue = (of: Holder, { key, initial }: IssueField): FieldValue => of[key] ?? initial

/** A field's kind as any that there may be: for code that goes by kinds, whichever fields there are. */
export const kindOf = ({ kind }: Field): FieldKind => kind

/** What of a command, or of a wish for a new issue, is the value of a field; `undefined` where it says none. */
export const valueIn = (command: object, { command: { property } }: IssueField): FieldValue | undefined =>
  (command as Readonly<Record<string, FieldValue | undefined>>)[property]

/** Those that `created` holds. */
export const createdFields: readonly IssueField[] = fields.filter(({ inCreated }) => inCreated)

/** Sets a field of a state, which it changes. */
export function setFieldValue(state: FieldStates, { key, sparse }: IssueField, value: FieldValue): void {
  const values = state as { [Key in FieldKey]?: FieldValue }
  if (sparse && value === null) delete values[key]
  else values[key] = value
}

/** An object with a property for each field. */
export function eachField<Made>(make: (field: IssueField) => Made): Readonly<Record<FieldKey, Made>> {
  return Object.fromEntries(fields.map((field) => [field.key, make(field)])) as Record<FieldKey, Made>
}

/** Each field's value, also of those that a state leaves out. */
export const allFieldValues = (of: Holder): FieldValues =>
  eachField((field) => fieldValue(of, field)) as FieldValues

/** The fields of a state before anything happened. */
export const initialFieldStates: Readonly<FieldStates> = Object.fromEntries(
  fields.flatMap(({ key, initial, sparse }: Field) => (sparse ? [] : [[key, initial]])),
) as FieldStates

/** Each field as it is at first. */
export const initialFieldValues: FieldValues = allFieldValues({})

/** The same with names for what fields refer to. @param nameOf `null` for what has none. */
export const namedFieldValues = (
  of: Holder,
  nameOf: (to: ReferenceTarget, id: string) => string | null,
): FieldValues =>
  eachField((field) => {
    const value = fieldValue(of, field)
    return field.kind.operand === 'reference' && value !== null ? nameOf(field.kind.to, String(value)) : value
  }) as FieldValues
