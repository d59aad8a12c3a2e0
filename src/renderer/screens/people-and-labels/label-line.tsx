import { Link } from 'wouter'
import type { LabelView } from '#contract/answers/answers.ts'
import { issuesPath, term } from '../../lib/paths.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { Dot } from '../../ui/label-dot.tsx'
import { ColourInput } from './colour-input.tsx'
import { EditableName } from './editable-name.tsx'
import styles from './people-and-labels.module.css'

/** A label: its colour and its name, each in a field of its own, and how many open issues bear it. */
export function LabelLine({ label }: { readonly label: LabelView }) {
  const run = useCommands()
  return (
    <li className={styles.line}>
      <span className={styles.swatch} title="Change the colour">
        <Dot colour={label.colour} />
        {/* Commits once the picker is closed (`change`), not at every step of the hand. */}
        <ColourInput
          value={label.colour}
          name={label.name}
          onPick={(colour) =>
            void run(
              { type: 'recolour_label', labelId: label.id, colour },
              {
                done: `${label.name} has a new colour`,
                undo: () => [{ type: 'recolour_label', labelId: label.id, colour: label.colour }],
              },
            )
          }
        />
      </span>
      <EditableName
        name={label.name}
        label={`Name of the label ${label.name}`}
        onRename={(name) =>
          run(
            { type: 'rename_label', labelId: label.id, name },
            {
              done: `Renamed to ${name}`,
              undo: () => [{ type: 'rename_label', labelId: label.id, name: label.name }],
            },
          )
        }
      />
      <Link href={issuesPath(`is:open ${term('label', label.name)}`)} className={styles.open}>
        {label.open.toLocaleString()} open
      </Link>
    </li>
  )
}
