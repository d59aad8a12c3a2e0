import type { ListedType } from '../../entities/kinds/entities.ts'
import type { FieldKind } from './field.ts'
import { fieldsOf, fieldValue } from './fields.ts'

type Reference = Extract<FieldKind, { readonly operand: 'reference' }>

/** The fields that refer to something by which issues are counted. */
export const facetFields = fieldsOf('reference').filter(
  ({ kind }: { readonly kind: Reference }) => kind.facet !== null,
)
type FacetField = (typeof facetFields)[number]
export type FacetKey = FacetField['key']

/** What issues are counted by, with the numbers that stand for it in `issue_counts`. */
export const facets = {
  all: 0,
  label: 1,
  assignee: 2,
  ...(Object.fromEntries(facetFields.map(({ key, kind }) => [key, kind.facet])) as {
    readonly [Key in FacetKey]: number
  }),
} as const

/** The number of the counters of issues by a kind of entity; `undefined` where issues are not counted by it. */
export function facetOf(type: ListedType): number | undefined {
  if (type === 'label') return facets.label
  if (type === 'member') return facets.assignee
  return (
    facetFields.find(({ kind }: { readonly kind: Reference }) => kind.to === type)?.kind.facet ?? undefined
  )
}

/** What counters go by: of each field the id, `null` where it is not set. */
export type FacetValues = Readonly<Record<FacetKey, string | null>>

/** What of a state its counters go by. */
export function facetValues(of: Partial<FacetValues>): FacetValues {
  const values: Partial<Record<FacetKey, string | null>> = {}
  for (const field of facetFields) values[field.key] = fieldValue(of, field) as string | null
  return values as Record<FacetKey, string | null>
}
