import { lazy, Suspense } from 'react'
import styles from './query-strip.module.css'
import { withinStretch } from './query-terms.ts'

const HistoryStrip = lazy(async () => ({
  default: (await import('../history-strip/history-strip.tsx')).HistoryStrip,
}))

type Props = {
  readonly query: string
  /** Called with the filter for the stretch of time that was chosen. */
  readonly onChange: (query: string) => void
}

/** The history of everything that a filter finds. A click narrows the filter to what last changed then. Its place is kept while it loads. */
export function QueryStrip({ query, onChange }: Props) {
  return (
    <div className={styles.strip}>
      <Suspense fallback={null}>
        <HistoryStrip
          over={{ kind: 'query', query }}
          onJump={(from, to) => onChange(withinStretch(query, from, to))}
        />
      </Suspense>
    </div>
  )
}
