import { v7 as newId } from 'uuid'
import { listedEntities } from '#core/entities/kinds/entities.ts'
import { fieldsWithUnits } from '#core/issue/fields/units.ts'
import { byName } from '#core/text/by-name.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { ViewHeader } from '../../ui/page/view-header.tsx'
import { EditableName } from './editable-name.tsx'
import { EntitySection } from './entity-section.tsx'
import { EventTypeList } from './event-type-list.tsx'
import { MemberLine } from './member-line.tsx'
import { NewNameForm } from './new-name-form.tsx'
import styles from './people-and-labels.module.css'
import { UnitChoice } from './unit-choice.tsx'

/** Where labels, projects and people are made, named and coloured. */
export function PeopleAndLabels() {
  const { members, info } = useWorkspace()
  const run = useCommands()
  const inOrder = <Named extends { readonly name: string }>(list: readonly Named[]) => [...list].sort(byName)
  return (
    <>
      <ViewHeader />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key */}
      <section className={styles.page} tabIndex={0} aria-label="People and labels">
        <section className={styles.section} aria-labelledby="workspace-heading">
          <h2 id="workspace-heading" className={styles.heading}>
            Workspace
          </h2>
          <EditableName
            name={info.workspace.name}
            label="Name of the workspace"
            onRename={(name) =>
              run({ type: 'rename_workspace', name }, { done: `Workspace renamed to ${name}` })
            }
          />
          {fieldsWithUnits.map((field) => (
            <UnitChoice key={field.key} field={field} />
          ))}
          <p className={styles.note}>{info.workspace.folder}</p>
        </section>
        {listedEntities.map((entity) =>
          entity.type === 'member' ? null : <EntitySection key={entity.type} entity={entity} />,
        )}
        <section className={styles.section} aria-labelledby="people-heading">
          <h2 id="people-heading" className={styles.heading}>
            People <span className={styles.count}>{members.length}</span>
          </h2>
          <NewNameForm
            label="Name of the new person"
            placeholder="New person"
            button="Add person"
            onAdd={(name) => run({ type: 'add_member', memberId: newId(), name })}
          />
          <ul className={styles.list}>
            {inOrder(members).map((member) => (
              <MemberLine key={member.id} member={member} />
            ))}
          </ul>
        </section>
        <EventTypeList />
      </section>
    </>
  )
}
