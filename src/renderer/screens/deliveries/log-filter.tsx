import { useState } from 'react'
import type { InboxView } from '#contract/answers/inbox-answers.ts'
import { navigate } from '../../lib/hash-location.ts'
import { deliveriesPath } from '../../lib/paths.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../../ui/controls/dialog.tsx'
import { Select } from '../../ui/controls/labelled.tsx'
import { type DeliveryFilter, deliveryFilters } from './delivery-words.ts'
import styles from './log-filter.module.css'
import { useDeadLetters } from './use-dead-letters.ts'

/** The place of the log narrowed to this. */
export function logPath(inbox: string | undefined, state: DeliveryFilter | undefined): string {
  const search = new URLSearchParams({
    ...(inbox === undefined ? {} : { inbox }),
    ...(state === undefined ? {} : { state }),
  })
  return search.size === 0 ? deliveriesPath : `${deliveriesPath}?${search}`
}

type Props = {
  readonly inboxes: readonly InboxView[]
  readonly inbox: string | undefined
  readonly state: DeliveryFilter | undefined
}

/** What of the log is shown, and what can be done with all dead letters in it. */
export function LogFilter({ inboxes, inbox, state }: Props) {
  const act = useDeadLetters()
  const [asking, setAsking] = useState(false)
  const counted = inboxes.filter(({ name }) => inbox === undefined || name === inbox)
  const dead = counted.reduce((sum, each) => sum + each.dead, 0)
  const which = inbox === undefined ? ({ all: true } as const) : { inbox }
  const offers = dead > 0 && (state === undefined || state === 'dead')
  const go = (nextInbox: string | undefined, nextState: DeliveryFilter | undefined) =>
    navigate(logPath(nextInbox, nextState), { replace: true })
  const deadText = dead === 1 ? 'the one dead letter' : `all ${dead.toLocaleString()} dead letters`
  const of = inbox === undefined ? '' : ` of ${counted[0]?.title ?? inbox}`
  return (
    <div className={styles.bar}>
      <span className={styles.inbox}>
        <Select
          aria-label="Inbox"
          className={styles.select}
          value={inbox ?? ''}
          onChange={(name) => go(name === '' ? undefined : name, state)}
          options={[
            { value: '', label: 'All inboxes' },
            ...inboxes.map(({ name, title }) => ({ value: name, label: title })),
          ]}
        />
      </span>
      <fieldset className={styles.states} aria-label="State">
        {([[undefined, 'All'], ...deliveryFilters] as const).map(([value, name]) => (
          <button
            key={name}
            type="button"
            className={styles.state}
            aria-pressed={state === value}
            onClick={() => go(inbox, value)}
          >
            {name}
            {value === 'dead' && dead > 0 && <span className={styles.dead}>{dead.toLocaleString()}</span>}
          </button>
        ))}
      </fieldset>
      {offers && (
        <span className={styles.hands}>
          <Button onClick={() => void act('replay', which)}>
            Replay {dead === 1 ? 'it' : `all ${dead.toLocaleString()}`}
          </Button>
          <Button variant="quiet" onClick={() => setAsking(true)}>
            Discard all…
          </Button>
        </span>
      )}
      {asking && (
        <Dialog open onClose={() => setAsking(false)} title="Discard dead letters" width={440}>
          <DialogBody label="What discarding means">
            <p>
              Discard {deadText}
              {of}? They stay in the log, but can no longer be replayed. This can’t be taken back.
            </p>
          </DialogBody>
          <DialogActions>
            <Button onClick={() => setAsking(false)}>Keep</Button>
            <Button
              variant="danger"
              onClick={() => {
                setAsking(false)
                void act('discard', which)
              }}
            >
              Discard
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </div>
  )
}
