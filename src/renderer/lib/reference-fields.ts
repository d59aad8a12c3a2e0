import { type ListedEntity, listedEntity } from '#core/entities/kinds/entities.ts'
import type { Field, FieldKind } from '#core/issue/fields/field.ts'
import { fieldsOf, type IssueField } from '#core/issue/fields/fields.ts'

export type ReferenceField = Extract<IssueField, { readonly kind: { readonly operand: 'reference' } }>

/** A field that puts an issue into one of many, and what those are. */
export type Referring = {
  readonly field: ReferenceField
  readonly entity: Exclude<ListedEntity, { readonly type: 'member' }>
}

const ofPeople = ({ kind }: Field): boolean =>
  (kind as Extract<FieldKind, { operand: 'reference' }>).to === 'member'

/** The fields that put an issue into something else than somebody's hands: a project. */
export const referring: readonly Referring[] = fieldsOf('reference').flatMap((field) =>
  ofPeople(field) ? [] : [{ field, entity: listedEntity(field.kind.to) } as Referring],
)

/** `Projects`: as a heading. */
export const headingOf = ({ plural }: ListedEntity): string =>
  plural.charAt(0).toUpperCase() + plural.slice(1)
