import { CircleSlash } from 'lucide-react'
import { v7 as newId } from 'uuid'
import { useCommands } from '../../lib/queries/use-commands.ts'
import type { Referring } from '../../lib/reference-fields.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { PickList } from '../../ui/controls/pick-list.tsx'
import { EntityIcon } from '../../ui/entity-name.tsx'
import { making } from '../../ui/issues/reference-picker.tsx'

/** Stands for being in none. */
const none = ''

type Props = {
  readonly of: Referring
  /** The id of what it is in. */
  readonly value: string | null
  readonly onChange: (id: string | null) => void
}

/** What an issue that does not exist yet is in. */
export function ReferenceChoice({ of, value, onChange }: Props) {
  const { field, entity } = of
  const known = useWorkspace()[entity.plural]
  const run = useCommands()
  const name = known.find(({ id }) => id === value)?.name
  const { type, noun } = entity
  return (
    <PickList
      label={field.title}
      items={[
        {
          id: none,
          label: `No ${noun}`,
          icon: <CircleSlash size={14} strokeWidth={1.5} aria-hidden />,
          chosen: value === null,
        },
        ...known.map((each) => ({
          id: each.id,
          label: each.name,
          icon: <EntityIcon type={type} id={each.id} />,
          chosen: each.id === value,
        })),
      ]}
      onPick={({ id }) => onChange(id === none ? null : id)}
      createLabel={`Create ${noun}`}
      onCreate={async (wanted) => {
        const id = newId()
        if ((await run(making(of, id, wanted))).ok) onChange(id)
      }}
      trigger={
        <Button icon={<EntityIcon type={type} />} aria-label={`${field.title}: ${name ?? 'none'}`}>
          {name ?? field.title}
        </Button>
      }
    />
  )
}
