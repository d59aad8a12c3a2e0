import { format } from 'date-fns'
import { useState } from 'react'
import type { InboxView } from '#contract/answers/inbox-answers.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../../ui/controls/dialog.tsx'
import { TextField } from '../../ui/controls/field.tsx'
import { useInboxChange } from './use-inbox-change.ts'

const hourMillis = 3_600_000

/** Asks from when on an inbox is to look again at what was recorded. */
export function BackfillDialog({
  inbox: { name, title },
  onClose,
}: {
  readonly inbox: InboxView
  readonly onClose: () => void
}) {
  const change = useInboxChange()
  const [typed, setTyped] = useState(() => format(Date.now() - 24 * hourMillis, "yyyy-MM-dd'T'HH:mm"))
  const since = new Date(typed).getTime()
  const error = Number.isNaN(since)
    ? 'Enter a day and a time.'
    : since > Date.now()
      ? 'That is still to come.'
      : null
  return (
    <Dialog open onClose={onClose} title={`${title}: look again`} width={460}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (error) return
          void change('inboxes.backfill', { name, since }, `${title} looks again`).then(
            (done) => done && onClose(),
          )
        }}
      >
        <DialogBody>
          <TextField
            label="From"
            type="datetime-local"
            value={typed}
            error={error}
            onChange={(event) => setTyped(event.target.value)}
          />
          <p>
            It goes over everything recorded since then. What it has already delivered keeps its key, so
            nothing is sent twice. Imported history is passed over.
          </p>
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" disabled={error !== null}>
            Look again
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
