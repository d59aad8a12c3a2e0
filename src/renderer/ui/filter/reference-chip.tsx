import { foldedName } from '#core/text/folded-name.ts'
import type { Referring } from '../../lib/reference-fields.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { EntityIcon } from '../entity-name.tsx'
import { FilterChip } from './filter-chip.tsx'
import { nameAsValue, valuesOf, withField } from './query-terms.ts'

type Props = {
  readonly of: Referring
  readonly query: string
  readonly onChange: (query: string) => void
}

/** What issues are in, as a chip; none where there is nothing that they could be in. */
export function ReferenceChip({ of: { field, entity }, query, onChange }: Props) {
  const known = useWorkspace()[entity.plural]
  if (known.length === 0) return null
  const { type, noun } = entity
  const { key } = field.filter
  const chosen = valuesOf(query, key).map(foldedName)
  const nameOf = (typed: string) =>
    known.find(({ name }) => foldedName(nameAsValue(name)) === typed)?.name ??
    (typed === 'none' ? `No ${noun}` : typed)
  return (
    <FilterChip
      label={field.title}
      icon={<EntityIcon type={type} />}
      value={chosen.length === 0 ? null : chosen.map(nameOf).join(', ')}
      onPick={(id) => onChange(withField(query, key, id === 'any' ? null : id))}
      items={[
        { id: 'any', label: `Any ${noun}`, chosen: chosen.length === 0 },
        { id: 'none', label: `No ${noun}`, chosen: chosen.includes('none') },
        ...known.map(({ id, name }) => ({
          id: nameAsValue(name),
          label: name,
          icon: <EntityIcon type={type} id={id} />,
          chosen: chosen.includes(foldedName(nameAsValue(name))),
        })),
      ]}
    />
  )
}
