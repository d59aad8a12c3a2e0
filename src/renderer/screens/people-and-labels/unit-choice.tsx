import type { IssueField } from '#core/issue/fields/fields.ts'
import { unitOf, unitsOf } from '#core/issue/fields/units.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Select } from '../../ui/controls/labelled.tsx'
import styles from './people-and-labels.module.css'

/** Asks what the workspace counts a field of issues in. */
export function UnitChoice({ field }: { readonly field: IssueField }) {
  const run = useCommands()
  const { info } = useWorkspace()
  const { name, title } = field
  const chosen = unitOf(field, info.workspace.units)?.name ?? ''
  const choose = (unit: string) => ({ type: 'choose_unit' as const, field: name, unit })
  return (
    <div className={styles.line}>
      <span>{title} in</span>
      <Select
        aria-label={`What each ${title.toLowerCase()} is counted in`}
        value={chosen}
        disabled={info.readOnly}
        options={unitsOf(field).map((unit) => ({ value: unit.name, label: unit.name }))}
        onChange={(unit) =>
          void run(choose(unit), {
            done: `${title} is counted in ${unit}`,
            undo: () => [choose(chosen)],
          })
        }
      />
    </div>
  )
}
