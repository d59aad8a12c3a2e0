import { type ComponentProps, lazy, Suspense } from 'react'
import styles from './filter-bar.module.css'
import type { FilterBar } from './filter-bar.tsx'

// Asked for at once but not waited for: the rows are painted before it.
const loading = import('./filter-bar.tsx')
const LoadedFilterBar = lazy(async () => ({ default: (await loading).FilterBar }))

/** The filter bar; its place is kept while its code loads. */
export function LazyFilterBar(props: ComponentProps<typeof FilterBar>) {
  return (
    <Suspense fallback={<div className={styles.place} />}>
      <LoadedFilterBar {...props} />
    </Suspense>
  )
}
