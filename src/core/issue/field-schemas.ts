import { z } from 'zod'
import { type EventType, event } from '../events/event-type.ts'
import { body, visibleLine } from '../text/text.ts'
import { issueId, streamId } from '../values/ids.ts'
import type { Field, FieldKind, RecordedValueOf } from './fields/field.ts'
import { type ChangedData, type Fields, fields, type IssueField } from './fields/fields.ts'

/** A calendar day without a time zone, `2026-11-30`. */
export const daySchema = z.iso.date('must be a day like 2026-11-30')

const listed = (values: readonly string[]): string => `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`

/** What a number may be, as people read it. */
export function numberWords({ least, most, decimals }: Extract<FieldKind, { operand: 'number' }>): string {
  const what = decimals === 0 ? 'a whole number' : 'a number'
  return `must be ${what} from ${least} to ${most}${decimals === 0 ? '' : `, with ${decimals} decimals at most`}`
}

function numberSchema(kind: Extract<FieldKind, { operand: 'number' }>): z.ZodType<number> {
  const error = numberWords(kind)
  const scale = 10 ** kind.decimals
  return z
    .number({ error })
    .min(kind.least, error)
    .max(kind.most, error)
    .refine((value) => Math.round(value * scale) / scale === value, error)
}

/** A value that is not null. @param wanted whether somebody gives it now: what was recorded before may be less tidy. */
function plainSchema(kind: FieldKind, wanted: boolean): z.ZodType<unknown> {
  switch (kind.operand) {
    case 'text':
      return wanted ? visibleLine : z.string()
    case 'rank':
      return z.enum(kind.values, { error: `must be ${listed(kind.values)}` })
    case 'number':
      return numberSchema(kind)
    case 'day':
      return daySchema
    case 'reference':
      return streamId
  }
}

type Nullable<F extends Field> = z.ZodType<RecordedValueOf<F>, Unbranded<RecordedValueOf<F>>>
/** What is parsed: ids are text before they are looked at. */
type Unbranded<Value> = Value extends string & z.$brand ? string : Value

function valueSchema<F extends Field>({ kind }: F, wanted: boolean): Nullable<F> {
  const plain = plainSchema(kind, wanted)
  return (kind.nullable ? plain.nullable() : plain) as Nullable<F>
}

type ChangedEvent<F extends Field> = EventType<F['event']['name'], ChangedData<F>>

function changedEvent(field: IssueField) {
  const value = valueSchema(field, false)
  const { name, version, upcasters } = field.event
  return event(name, version, z.object({ from: value, to: value }), upcasters)
}

type ChangedEvents<All extends readonly Field[]> = { readonly [At in keyof All]: ChangedEvent<All[At]> }

/** The event of each field, in their order. */
export const fieldEvents = fields.map(changedEvent) as unknown as ChangedEvents<Fields>

type ChangeShape<F extends Field> = {
  [P in 'type' | 'issueId' | F['command']['property']]: P extends 'type'
    ? z.ZodLiteral<F['command']['name']>
    : P extends 'issueId'
      ? typeof issueId
      : Nullable<F>
} & (F['kind'] extends { readonly operand: 'text' } ? { base: z.ZodOptional<typeof body> } : unknown)

function changeCommand(field: IssueField) {
  return z.strictObject({
    type: z.literal(field.command.name),
    issueId,
    [field.command.property]: valueSchema(field, true),
    // The text that an edit began from: where another stands there by now, the command is refused and says which.
    ...(field.kind.operand === 'text' ? { base: body.optional() } : {}),
  })
}

type ChangeCommands<All extends readonly Field[]> = {
  readonly [At in keyof All]: z.ZodObject<ChangeShape<All[At]>, z.core.$strict>
}

/** The command that changes each field. */
export const fieldCommands = fields.map(changeCommand) as unknown as ChangeCommands<Fields>

/** A new issue needs its texts; all else may be left out, and is not null. */
type NewShape = {
  [F in IssueField as F['command']['property']]: F['kind'] extends { readonly operand: 'text' }
    ? z.ZodType<string>
    : z.ZodOptional<z.ZodType<NonNullable<RecordedValueOf<F>>, NonNullable<Unbranded<RecordedValueOf<F>>>>>
}

/** What `create` takes of fields. */
export const newIssueShape = Object.fromEntries(
  fields.map(({ kind, command: { property } }) => {
    const schema = plainSchema(kind, true)
    return [property, kind.operand === 'text' ? schema : schema.optional()]
  }),
) as unknown as NewShape
