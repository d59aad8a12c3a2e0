import { useId } from 'react'
import { Switch } from '../../../ui/controls/switch.tsx'
import type { JoinDraft } from './join-draft.ts'
import styles from './team-settings.module.css'

type Props = {
  readonly draft: Pick<JoinDraft, 'encrypt' | 'understood'>
  /** The workspace is encrypted already, as the invite says. */
  readonly begun: boolean
  readonly error: string | null
  readonly onChange: (part: Partial<JoinDraft>) => void
}

/** Whether joining begins end-to-end encryption, and what a lost key means, said before it can be lost. */
export function EncryptField({ draft: { encrypt, understood }, begun, error, onChange }: Props) {
  const id = useId()
  const on = encrypt || begun
  return (
    <>
      <div className={styles.switch}>
        <Switch
          checked={on}
          disabled={begun}
          onChange={(next) => onChange({ encrypt: next, understood: false })}
          aria-labelledby={id}
          aria-describedby={`${id}-help`}
        />
        <div className={styles.said}>
          <span id={id} className={styles.switchName}>
            Encrypt end to end
          </span>
          <span id={`${id}-help`} className={styles.help}>
            {begun
              ? 'This workspace is encrypted; the invite brings its key along.'
              : 'The server then sees who changed which issue and when, and never what. For the first who joins a new workspace, before anything is sent.'}
          </span>
        </div>
      </div>
      {encrypt && !begun && (
        <div className={styles.lostKey}>
          <p>
            The key is made here and travels in your invites alone. A lost key can’t be recovered: if every
            device of the team is lost, nobody can read this workspace on the server again. Not you, and not
            whoever runs the server.
          </p>
          <label className={styles.tick}>
            <input
              type="checkbox"
              checked={understood}
              aria-invalid={error ? true : undefined}
              aria-describedby={error ? `${id}-error` : undefined}
              onChange={(event) => onChange({ understood: event.target.checked })}
            />
            I have understood that a lost key can’t be recovered.
          </label>
          {error && (
            <p id={`${id}-error`} className={styles.wrong} role="alert">
              {error}
            </p>
          )}
        </div>
      )}
    </>
  )
}
