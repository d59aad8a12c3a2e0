import { type ReactNode, useState } from 'react'
import { Button } from './button.tsx'
import styles from './confirm-dialog.module.css'
import { Dialog, DialogActions, DialogBody } from './dialog.tsx'

type Props = {
  readonly title: string
  /** What it means, for whom, and what stays. */
  readonly children: ReactNode
  /** What the button says that does it: `Revoke`. */
  readonly action: string
  /** @returns the sentence of a refusal; the dialog then stays and shows it. */
  readonly onConfirm: () => Promise<string | null>
  readonly onClose: () => void
}

/** Asks before something that can't be undone. */
export function ConfirmDialog({ title, children, action, onConfirm, onClose }: Props) {
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<string | null>(null)
  const confirm = async () => {
    setBusy(true)
    setRefused(null)
    const message = await onConfirm()
    setBusy(false)
    if (message === null) onClose()
    else setRefused(message)
  }
  return (
    <Dialog open onClose={onClose} title={title} width={460}>
      <DialogBody label={title}>
        {children}
        {refused !== null && (
          <p role="alert" className={styles.refused}>
            {refused}
          </p>
        )}
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="danger" disabled={busy} onClick={() => void confirm()}>
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
