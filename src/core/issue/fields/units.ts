import type { Field, Unit } from './field.ts'
import { fieldNamed, fields, type IssueField, kindOf } from './fields.ts'

/** The units that a workspace chose, by the name of the field. */
export type ChosenUnits = Readonly<Record<string, string>>

/** What a field may be counted in; nothing for most. */
export function unitsOf(field: Field): readonly Unit[] {
  const kind = kindOf(field)
  return kind.operand === 'number' ? (kind.units ?? []) : []
}

/** The fields for which a workspace chooses a unit. */
export const fieldsWithUnits: readonly IssueField[] = fields.filter((field) => unitsOf(field).length > 0)

/** The fields whose values are added up. */
export const summedFields: readonly IssueField[] = fields.filter((field) => {
  const kind = kindOf(field)
  return kind.operand === 'number' && kind.summed === true
})

/** The unit that a field is counted in. */
export const unitOf = (field: Field, chosen: ChosenUnits): Unit | undefined => {
  const units = unitsOf(field)
  return units.find(({ name }) => name === chosen[field.name]) ?? units[0]
}

/** Whether a field, by its stored name, may be counted in a unit. */
export function isUnitOf(name: string, unit: string): boolean {
  const field = fieldNamed(name)
  return field !== undefined && unitsOf(field).some((candidate) => candidate.name === unit)
}

/** A number as people read it, with its unit: `3 points`, `1.5 h`. */
export function numberText(field: Field, value: number, chosen: ChosenUnits): string {
  const unit = unitOf(field, chosen)
  const count = value.toLocaleString('en', { maximumFractionDigits: 10 })
  return unit ? `${count} ${value === 1 ? unit.one : unit.many}` : count
}
