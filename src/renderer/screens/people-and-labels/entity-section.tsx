import { v7 as newId } from 'uuid'
import type { ListedEntity } from '#core/entities/kinds/entities.ts'
import { byName } from '#core/text/by-name.ts'
import type { WindowCommand } from '../../lib/queries/optimistic.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { headingOf } from '../../lib/reference-fields.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { EntityLine } from './entity-line.tsx'
import { NewNameForm } from './new-name-form.tsx'
import styles from './people-and-labels.module.css'

/** Where the keyboard makes one, too. */
const elsewhere: Readonly<Partial<Record<ListedEntity['type'], string>>> = {
  label: 'They can also be made while labelling an issue: press L.',
  project: 'They can also be made while moving an issue: press Shift+P.',
}

/** All labels, or all projects, with a form that makes one. */
export function EntitySection({ entity }: { readonly entity: ListedEntity }) {
  const rows = useWorkspace()[entity.plural]
  const run = useCommands()
  const { type, noun, plural, idProperty, creation } = entity
  return (
    <section className={styles.section} aria-labelledby={`${plural}-heading`}>
      <h2 id={`${plural}-heading`} className={styles.heading}>
        {headingOf(entity)} <span className={styles.count}>{rows.length}</span>
      </h2>
      <NewNameForm
        label={`Name of the new ${noun}`}
        placeholder={`New ${noun}`}
        button={`Add ${noun}`}
        onAdd={(name) =>
          run({ type: creation.command, [idProperty]: newId(), name } as unknown as WindowCommand)
        }
      />
      <ul className={styles.list}>
        {[...rows].sort(byName).map((row) => (
          <EntityLine key={row.id} entity={entity} row={row as never} />
        ))}
      </ul>
      {rows.length === 0 && (
        <p className={styles.note}>
          No {plural} yet. {elsewhere[type]}
        </p>
      )}
    </section>
  )
}
