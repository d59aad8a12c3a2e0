import { Popover } from '@base-ui/react/popover'
import { Users } from 'lucide-react'
import type { RefObject } from 'react'
import type { SyncView } from '#contract/answers/sync-answers.ts'
import { navigate } from '../../lib/hash-location.ts'
import { teamPath } from '../../lib/paths.ts'
import { Button } from '../../ui/controls/button.tsx'
import popup from '../../ui/controls/popup.module.css'
import { SyncStanding } from '../../ui/sync/sync-standing.tsx'
import styles from './sync-popover.module.css'

type Props = {
  readonly view: SyncView
  /** The line that it was opened from. */
  readonly anchor: RefObject<HTMLElement | null>
  readonly onClose: () => void
}

/** Everything about sync, over the line that it was opened from. */
export function SyncPopover({ view, anchor, onClose }: Props) {
  return (
    <Popover.Root
      open
      onOpenChange={(next, { event }) => {
        // A press on the line closes by the line's own hand.
        const onLine = event.target instanceof Node && anchor.current?.contains(event.target)
        if (!next && !onLine) onClose()
      }}
    >
      <Popover.Portal>
        <Popover.Positioner
          anchor={anchor}
          side="top"
          align="start"
          sideOffset={6}
          collisionPadding={8}
          className={popup.positioner}
        >
          <Popover.Popup
            className={`${popup.popup} ${styles.popover}`}
            finalFocus={anchor}
            onKeyDown={(event) => {
              // Of a narrow window, Escape closes this and leaves the sidebar below it.
              if (event.key === 'Escape') {
                event.stopPropagation()
                onClose()
              }
            }}
          >
            <Popover.Title className="visually-hidden">Sync</Popover.Title>
            <SyncStanding view={view}>
              <Button
                icon={<Users size={16} strokeWidth={1.5} aria-hidden />}
                onClick={() => {
                  onClose()
                  navigate(teamPath)
                }}
              >
                Team…
              </Button>
            </SyncStanding>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}
