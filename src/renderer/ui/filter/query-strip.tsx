import { lazy, Suspense } from 'react'
import styles from './query-strip.module.css'
import { withField } from './query-terms.ts'

const HistoryStrip = lazy(async () => ({
  default: (await import('../history-strip/history-strip.tsx')).HistoryStrip,
}))

type Props = {
  readonly query: string
  /** Called with the filter for the time that was chosen, or for none. */
  readonly onChange: (query: string) => void
}

/** The history of everything that a filter finds. A click narrows the filter to what was active in that time. Its place is kept while it loads. */
export function QueryStrip({ query, onChange }: Props) {
  return (
    <div className={styles.strip}>
      <Suspense fallback={null}>
        <HistoryStrip
          over={{ kind: 'query', query }}
          onJump={({ when }) => onChange(withField(query, 'active', when))}
          onClear={() => onChange(withField(query, 'active', null))}
        />
      </Suspense>
    </div>
  )
}
