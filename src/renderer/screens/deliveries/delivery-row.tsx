import { ChevronRight, CircleCheck, CircleSlash, Clock, OctagonX, RotateCw, Trash2 } from 'lucide-react'
import { Link } from 'wouter'
import type { DeliveryView } from '#contract/answers/inbox-answers.ts'
import { issuePath } from '../../lib/paths.ts'
import { Button } from '../../ui/controls/button.tsx'
import { IssueKey } from '../../ui/issue-key.tsx'
import { exactTime, RelativeTime } from '../../ui/relative-time.tsx'
import styles from './delivery-row.module.css'
import {
  type DeliveryFilter,
  deliveryStanding,
  dueText,
  eventWords,
  outcomeName,
  standName,
  tookText,
} from './delivery-words.ts'

const deliveryIcons = {
  waiting: Clock,
  retrying: RotateCw,
  dead: OctagonX,
  done: CircleCheck,
  skipped: CircleSlash,
  discarded: Trash2,
} as const satisfies Record<DeliveryFilter, unknown>

type Props = {
  readonly delivery: DeliveryView
  /** The inbox's title. */
  readonly inbox: string
  readonly open: boolean
  readonly onToggle: (id: number) => void
  readonly onDo: (what: 'replay' | 'discard', id: number) => void
}

/** What there is to say beside the state: why it did not arrive, or when it is tried again. */
function brief(delivery: DeliveryView): string {
  const { due, detail, attempts } = delivery
  if (delivery.state === 'waiting' && due !== null)
    return attempts === 0
      ? `Next try ${dueText(due)}`
      : `Next try ${dueText(due)}${detail ? ` · ${detail}` : ''}`
  return detail ?? ''
}

/** One delivery, which opens to its attempts. */
export function DeliveryRow({ delivery, inbox, open, onToggle, onDo }: Props) {
  const stand = deliveryStanding(delivery)
  const Sign = deliveryIcons[stand]
  const target = delivery.targetName === delivery.inbox ? '' : delivery.targetName
  return (
    <div className={styles.delivery} data-open={open}>
      <div className={styles.line}>
        <button
          type="button"
          className={styles.toggle}
          aria-expanded={open}
          data-row
          onClick={() => onToggle(delivery.id)}
        >
          <ChevronRight size={14} strokeWidth={1.5} className={styles.chevron} aria-hidden />
          <span className={styles.stand} data-stand={stand}>
            <Sign size={15} strokeWidth={1.75} aria-hidden />
            <span className={styles.standName}>{standName(stand)}</span>
          </span>
          <span className={styles.to}>
            {inbox}
            {target !== '' && <span className={styles.target}> {target}</span>}
          </span>
          <span className={styles.what}>
            {delivery.issue && <IssueKey>{delivery.issue.key}</IssueKey>}
            <span className={styles.event}>{eventWords(delivery.event.type)}</span>
          </span>
          <span className={styles.detail}>{brief(delivery)}</span>
        </button>
        {stand === 'dead' && (
          <span className={styles.hands}>
            <Button className={styles.hand} onClick={() => onDo('replay', delivery.id)}>
              Replay
            </Button>
            <Button variant="quiet" className={styles.hand} onClick={() => onDo('discard', delivery.id)}>
              Discard
            </Button>
          </span>
        )}
        <span className={styles.time}>
          <RelativeTime at={delivery.endedAt ?? delivery.createdAt} />
        </span>
      </div>
      {open && <Details delivery={delivery} />}
    </div>
  )
}

function Details({ delivery }: { readonly delivery: DeliveryView }) {
  const { issue, log, due, key, createdAt, endedAt, detail, state } = delivery
  return (
    <div className={styles.details}>
      {detail && log.at(-1)?.detail !== detail && <p className={styles.sentence}>{detail}</p>}
      <dl className={styles.facts}>
        {issue && (
          <>
            <dt>Issue</dt>
            <dd>
              <Link href={issuePath(issue.key)} className={styles.issue}>
                {issue.key} <bdi>{issue.title}</bdi>
              </Link>
            </dd>
          </>
        )}
        <dt>Event</dt>
        <dd>
          {eventWords(delivery.event.type)}, number {delivery.event.position.toLocaleString()}
        </dd>
        <dt>Key</dt>
        <dd className={styles.code}>{key}</dd>
        <dt>Taken up</dt>
        <dd>{exactTime(createdAt)}</dd>
        {endedAt !== null && (
          <>
            <dt>Ended</dt>
            <dd>{exactTime(endedAt)}</dd>
          </>
        )}
        {state === 'waiting' && due !== null && (
          <>
            <dt>Next try</dt>
            <dd>
              {dueText(due)}, {exactTime(due)}
            </dd>
          </>
        )}
      </dl>
      {log.length === 0 ? (
        <p className={styles.none}>
          {delivery.attempts === 0 ? 'Not tried yet.' : 'It worked at once; no attempt was written down.'}
        </p>
      ) : (
        <table className={styles.attempts}>
          <caption className="visually-hidden">Attempts</caption>
          <thead>
            <tr>
              <th scope="col">Attempt</th>
              <th scope="col">At</th>
              <th scope="col">Took</th>
              <th scope="col">Came to</th>
            </tr>
          </thead>
          <tbody>
            {log.map((attempt) => (
              <tr key={`${attempt.number} ${attempt.at}`}>
                <td>{attempt.number}</td>
                <td>{exactTime(attempt.at)}</td>
                <td>{tookText(attempt.millis)}</td>
                <td className={styles.came}>
                  <b data-outcome={attempt.outcome}>{outcomeName[attempt.outcome]}</b> {attempt.detail}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}
