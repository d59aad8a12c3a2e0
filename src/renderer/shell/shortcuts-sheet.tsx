import { viewNames } from '../lib/shortcuts/action-entry.ts'
import type { Action } from '../lib/shortcuts/actions.ts'
import { Dialog, DialogBody } from '../ui/controls/dialog.tsx'
import { KeyHint } from '../ui/key-hint.tsx'
import styles from './shortcuts-sheet.module.css'

/** Where an action's keys work, as a heading says it: `List, Board, Issue page`. */
const placeOf = ({ in: views, group }: Action): string =>
  views?.map((view) => viewNames[view]).join(', ') ?? group

type Props = { readonly actions: readonly Action[]; readonly onClose: () => void }

/** Every key of the window, by where it works. */
export function ShortcutsSheet({ actions: all, onClose }: Props) {
  const bound = all.filter(({ keys }) => keys.length > 0)
  const places = [...Map.groupBy(bound, placeOf)]
  return (
    <Dialog open onClose={onClose} title="Keyboard shortcuts" width={820}>
      <DialogBody label="All keyboard shortcuts">
        <div className={styles.groups}>
          {places.map(([place, actions]) => (
            <section key={place} className={styles.group}>
              <h3 className={styles.heading}>{place}</h3>
              <dl>
                {actions.map(({ id, name, keys, in: views }) => (
                  <div
                    key={id}
                    className={styles.line}
                    data-action={id}
                    data-keys={JSON.stringify(keys)}
                    data-views={views?.join(' ')}
                  >
                    <dt>{name}</dt>
                    <dd>
                      <span className="visually-hidden">{keys[0]}</span>
                      <KeyHint keys={keys[0] ?? ''} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </DialogBody>
    </Dialog>
  )
}
