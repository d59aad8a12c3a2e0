import { CalendarClock, Gauge } from 'lucide-react'
import type { IssueRow } from '#contract/answers/answers.ts'
import type { Field } from '#core/issue/fields/field.ts'
import { fieldsOf, fieldValue, type IssueField, kindOf } from '#core/issue/fields/fields.ts'
import type { Priority } from '#core/issue/fields/priority-order.ts'
import { numberText } from '#core/issue/fields/units.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { EntityName } from '../entity-name.tsx'
import { PriorityBars } from '../priority-bars.tsx'
import { dayTone, shortDay } from './day-tone.ts'
import { rankText } from './field-words.ts'

/** The classes of whoever draws the row or the card, by what a field is. */
type Classes = Readonly<Partial<Record<Field['kind']['operand'], string | undefined>>>

function NumberText({ field, value }: { readonly field: IssueField; readonly value: number }) {
  return numberText(field, value, useWorkspace().info.workspace.units)
}

function FieldIcon({
  field,
  row,
  className,
}: {
  readonly field: IssueField
  readonly row: IssueRow
  readonly className: string | undefined
}) {
  const { column, initial } = field
  const kind = kindOf(field)
  const value = fieldValue(row, field)
  if (field.key === 'priority') return <PriorityBars priority={value as Priority} named />
  if (value === null || value === initial) return null
  switch (kind.operand) {
    case 'text':
      return null
    case 'day':
      return (
        <span className={className} data-tone={kind.deadline ? dayTone(String(value)) : 'far'}>
          <CalendarClock size={13} strokeWidth={1.5} aria-hidden />
          <span className="visually-hidden">{column} </span>
          {shortDay(String(value))}
        </span>
      )
    case 'reference':
      return kind.to === 'member' ? null : (
        <span className={className}>
          <EntityName type={kind.to} id={String(value)} />
        </span>
      )
    case 'rank':
    case 'number':
      return (
        <span className={className} title={column}>
          <Gauge size={13} strokeWidth={1.5} aria-hidden />
          <span className="visually-hidden">{column} </span>
          {kind.operand === 'rank' ? (
            rankText(field, String(value))
          ) : (
            <NumberText field={field} value={Number(value)} />
          )}
        </span>
      )
  }
}

/** An issue's fields of some kinds, as icons and words in a row or on a card. What is not set has none, but for the priority. */
export function FieldIcons({
  row,
  of,
  classes,
}: {
  readonly row: IssueRow
  readonly of: readonly Field['kind']['operand'][]
  readonly classes: Classes
}) {
  return fieldsOf(...of).map((field) => (
    <FieldIcon key={field.key} field={field} row={row} className={classes[field.kind.operand]} />
  ))
}
