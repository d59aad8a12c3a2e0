import { Link } from 'wouter'
import type { InboxView } from '#contract/answers/inbox-answers.ts'
import { settingsPath } from '../../lib/paths.ts'
import { InboxStateIcon } from '../../ui/inbox-state.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { type DeliveryFilter, lagText, rateText } from './delivery-words.ts'
import styles from './health-table.module.css'

type Props = {
  readonly inboxes: readonly InboxView[]
  readonly onShow: (inbox: string, state: DeliveryFilter) => void
}

/** How each inbox fares. Those that are off and have nothing to show are only named. */
export function HealthTable({ inboxes, onShow }: Props) {
  const isQuiet = (inbox: InboxView) =>
    inbox.state === 'off' && inbox.waiting + inbox.dead + inbox.done === 0 && inbox.lastError === null
  const shown = inboxes.filter((inbox) => !isQuiet(inbox))
  const quiet = inboxes.filter(isQuiet)
  return (
    <section className={styles.health} aria-label="Health">
      {shown.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by key
        <section className={styles.scroll} tabIndex={0} aria-label="Health of each inbox">
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Inbox</th>
                <th scope="col" className={styles.number}>
                  Behind
                </th>
                <th scope="col" className={styles.number}>
                  Waiting
                </th>
                <th scope="col" className={styles.number}>
                  Retrying
                </th>
                <th scope="col" className={styles.number}>
                  Dead
                </th>
                <th scope="col" className={styles.number}>
                  Per min
                </th>
                <th scope="col" className={styles.number}>
                  Last done
                </th>
                <th scope="col">Last error</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((inbox) => (
                <Line key={inbox.name} inbox={inbox} onShow={onShow} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {quiet.length > 0 && (
        <p className={styles.quiet}>
          Off:{' '}
          {quiet.map(({ name, title }, index) => (
            <span key={name}>
              {index > 0 && ', '}
              <Link href={settingsPath(name)} className={styles.link}>
                {title}
              </Link>
            </span>
          ))}
        </p>
      )}
    </section>
  )
}

function Line({ inbox, onShow }: { readonly inbox: InboxView; readonly onShow: Props['onShow'] }) {
  const { name, title, state, stateDetail, lag, lastError, note } = inbox
  const count = (of: DeliveryFilter, value: number) => (
    <td className={styles.number}>
      {value === 0 ? (
        <span className={styles.none}>0</span>
      ) : (
        <button
          type="button"
          className={styles.count}
          data-state={of}
          aria-label={`${value.toLocaleString()} ${of} of ${title}: show them`}
          onClick={() => onShow(name, of)}
        >
          {value.toLocaleString()}
        </button>
      )}
    </td>
  )
  return (
    <tr>
      <th scope="row" className={styles.inbox}>
        <Link href={settingsPath(name)} className={styles.name} title={stateDetail ?? undefined}>
          <InboxStateIcon state={state} quiet />
          {title}
        </Link>
      </th>
      <td className={styles.number}>
        {lag.events === 0 ? (
          <span className={styles.none}>0</span>
        ) : (
          <span
            title={`${lag.events.toLocaleString()} events behind; the oldest is ${lagText(lag.seconds)} old`}
          >
            {lag.events.toLocaleString()} · {lagText(lag.seconds)}
          </span>
        )}
      </td>
      {count('waiting', inbox.waiting)}
      {count('retrying', inbox.retrying)}
      {count('dead', inbox.dead)}
      <td className={styles.number}>
        {inbox.throughput === 0 ? <span className={styles.none}>0</span> : rateText(inbox.throughput)}
      </td>
      <td className={styles.number}>
        {inbox.lastDoneAt === null ? (
          <span className={styles.none}>–</span>
        ) : (
          <RelativeTime at={inbox.lastDoneAt} />
        )}
      </td>
      <td className={styles.error}>
        {note !== null && (
          <span className={styles.message} title={note.message}>
            <RelativeTime at={note.at} /> {note.message}
          </span>
        )}
        {lastError === null || state === 'not_ready' ? (
          <span className={styles.none}>{stateDetail ?? (note === null ? '–' : '')}</span>
        ) : (
          <span className={styles.message} title={lastError.message}>
            <RelativeTime at={lastError.at} /> {lastError.message}
          </span>
        )}
      </td>
    </tr>
  )
}
