import { Dialog, DialogBody } from '../controls/dialog.tsx'
import { KeyHint } from '../signs/key-hint.tsx'
import { actionList } from './actions.ts'
import styles from './shortcuts-sheet.module.css'

/** Every key of the window, from the registry of actions. */
export function ShortcutsSheet({ onClose }: { readonly onClose: () => void }) {
  const groups = [...new Set(actionList.map(({ group }) => group))]
  return (
    <Dialog open onClose={onClose} title="Keyboard shortcuts" width={760}>
      <DialogBody label="All keyboard shortcuts">
        <div className={styles.groups}>
          {groups.map((group) => {
            const bound = actionList.filter((action) => action.group === group && action.keys.length > 0)
            if (bound.length === 0) return null
            return (
              <section key={group} className={styles.group}>
                <h3 className={styles.heading}>{group}</h3>
                <dl>
                  {bound.map(({ id, name, keys }) => (
                    <div key={id} className={styles.line}>
                      <dt>{name}</dt>
                      <dd>
                        <span className="visually-hidden">{keys[0]}</span>
                        <KeyHint keys={keys[0] ?? ''} />
                      </dd>
                    </div>
                  ))}
                </dl>
              </section>
            )
          })}
        </div>
      </DialogBody>
    </Dialog>
  )
}
