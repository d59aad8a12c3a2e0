import { useRef } from 'react'
import { Button } from '../controls/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../controls/dialog.tsx'

export type ManyQuestion = {
  /** What would be done, as its button says it: `Archive 215 issues`. */
  readonly action: string
  readonly act: () => void
}

/** Asks before one letter changes many issues: it may have been meant for a field. Keys that follow it do nothing, for the focus is on Cancel. */
export function AskMany({
  question: { action, act },
  onClose,
}: {
  readonly question: ManyQuestion
  readonly onClose: () => void
}) {
  const cancel = useRef<HTMLButtonElement>(null)
  return (
    <Dialog open onClose={onClose} title={`${action}?`} width={420} initialFocus={cancel}>
      <DialogBody>
        <p>One key did this for everything that is selected. It can be undone afterwards, too.</p>
      </DialogBody>
      <DialogActions>
        <Button ref={cancel} onClick={onClose}>
          Cancel
        </Button>
        <Button
          variant="primary"
          onClick={() => {
            onClose()
            act()
          }}
        >
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
