import { BadgeInfo } from 'lucide-react'
import { useCall } from '../../lib/queries/use-call.ts'
import styles from './people-and-labels.module.css'

/** The workspace's own types of events, with what they say. Nothing where there are none: they are registered from a terminal. */
export function EventTypeList() {
  const { data: types = [] } = useCall('eventTypes.list', {})
  if (types.length === 0) return null
  return (
    <section className={styles.section} aria-labelledby="event-types-heading">
      <h2 id="event-types-heading" className={styles.heading}>
        Event types <span className={styles.count}>{types.length}</span>
      </h2>
      <ul className={styles.list}>
        {types.map(({ name, sentence, retired }) => (
          <li key={name} className={styles.line}>
            <BadgeInfo size={16} strokeWidth={1.5} aria-hidden />
            <span>{name}</span>
            <span className={styles.handle}>
              <bdi>{sentence}</bdi>
              {retired && ' (retired)'}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
