import { CircleSlash } from 'lucide-react'
import { v7 as newId } from 'uuid'
import type { WindowCommand } from '../../lib/queries/optimistic.ts'
import { type Step, useRunMany } from '../../lib/queries/run-many.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import type { Referring } from '../../lib/reference-fields.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { type PickItem, PickList } from '../controls/pick-list.tsx'
import { EntityIcon } from '../entity-name.tsx'
import { settingOf } from '../fields/field-command.ts'
import { nameOf } from './name-of.ts'
import type { PickerProps } from './picker-props.ts'
import { shareOf } from './share-of.ts'

/** Stands for being in none. */
const none = ''

/** What makes one of a name. */
export const making = ({ entity }: Referring, id: string, name: string): WindowCommand =>
  ({ type: entity.creation.command, [entity.idProperty]: id, name }) as unknown as WindowCommand

/** Picks what one or more issues are in; what is not there yet can be made. */
export function ReferencePicker({ of, issues, anchor, onClose }: PickerProps & { readonly of: Referring }) {
  const { field, entity } = of
  const known = useWorkspace()[entity.plural]
  const run = useCommands()
  const runMany = useRunMany()
  const items: readonly PickItem[] = [
    {
      id: none,
      label: `No ${entity.noun}`,
      icon: <CircleSlash size={14} strokeWidth={1.5} aria-hidden />,
      chosen: shareOf(issues, (issue) => issue[field.key] === null),
    },
    ...known.map(({ id, name }) => ({
      id,
      label: name,
      icon: <EntityIcon type={entity.type} id={id} />,
      chosen: shareOf(issues, (issue) => issue[field.key] === id),
    })),
  ]
  const move = (to: string | null, name: string) => {
    const steps = issues
      .filter((issue) => issue[field.key] !== to)
      .map(
        (issue): Step => ({
          command: settingOf(field, issue.id, to),
          inverse: () => settingOf(field, issue.id, issue[field.key]),
        }),
      )
    const done = to === null ? `taken out of the ${entity.noun}` : `moved to ${name}`
    void runMany(steps, (count) => `${nameOf(issues, count)} ${done}`, { quiet: issues.length === 1 })
  }
  const create = async (name: string) => {
    const id = newId()
    if ((await run(making(of, id, name))).ok) move(id, name)
  }
  return (
    <PickList
      open
      label={`Move to ${entity.noun}`}
      items={items}
      anchor={anchor}
      onClose={onClose}
      createLabel={`Create ${entity.noun}`}
      onCreate={(name) => void create(name)}
      onPick={({ id, label }) => move(id === none ? null : id, label)}
    />
  )
}
