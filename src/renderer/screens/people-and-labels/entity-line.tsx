import { Link } from 'wouter'
import type { EntityView } from '#contract/answers/answers.ts'
import type { ListedEntity, ListedType } from '#core/entities/kinds/entities.ts'
import type { Property } from '#core/entities/kinds/entity.ts'
import { issuesPath, term } from '../../lib/paths.ts'
import type { WindowCommand } from '../../lib/queries/optimistic.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { EntityIcon } from '../../ui/entity-name.tsx'
import { Dot } from '../../ui/label-dot.tsx'
import { ColourInput } from './colour-input.tsx'
import { EditableName } from './editable-name.tsx'
import styles from './people-and-labels.module.css'

type Props = { readonly entity: ListedEntity; readonly row: EntityView<ListedType> }

/** A label or a project: its colour where it has one and its name, each in a field of its own, and how many open issues have it. */
export function EntityLine({ entity, row }: Props) {
  const run = useCommands()
  const { type, noun, idProperty } = entity
  const properties: readonly Property[] = entity.properties
  const coloured = properties.find(({ kind }) => kind === 'colour')
  const colour = String((row as Readonly<Record<string, unknown>>)[coloured?.key ?? ''] ?? '')
  const set = (property: Property | undefined, value: string): WindowCommand =>
    ({
      type: property?.change?.command,
      [idProperty]: row.id,
      [property?.key ?? '']: value,
    }) as unknown as WindowCommand
  const name = properties.find(({ key }) => key === 'name')
  return (
    <li className={styles.line}>
      {coloured ? (
        <span className={styles.swatch} title="Change the colour">
          <Dot colour={colour} />
          {/* Commits once the picker is closed (`change`), not at every step of the hand. */}
          <ColourInput
            value={colour}
            name={row.name}
            onPick={(picked) =>
              void run(set(coloured, picked), {
                done: `${row.name} has a new colour`,
                undo: () => [set(coloured, colour)],
              })
            }
          />
        </span>
      ) : (
        <EntityIcon type={type} size={16} />
      )}
      <EditableName
        name={row.name}
        label={`Name of the ${noun} ${row.name}`}
        onRename={(renamed) =>
          run(set(name, renamed), { done: `Renamed to ${renamed}`, undo: () => [set(name, row.name)] })
        }
      />
      <Link href={issuesPath(`is:open ${term(type, row.name)}`)} className={styles.open}>
        {row.open.toLocaleString()} open
      </Link>
    </li>
  )
}
