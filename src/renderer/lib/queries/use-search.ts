import { useEffect, useState } from 'react'
import type { SearchResult } from '#contract/answers/answers.ts'
import { useCall } from './use-call.ts'

/** Long enough to skip letters in the middle of a word, short enough not to be felt. */
const pauseMillis = 40

export type Search = SearchResult & {
  /** What the hits belong to; may be behind what was typed for a moment. */
  readonly text: string
  readonly state: 'idle' | 'searching' | 'found' | 'failed'
  readonly error: Error | null
  readonly retry: () => void
}

/** Issues that match a text, as it is typed. The last hits stay until the next are there. @param limit 1 to 50 */
export function useSearch(text: string, limit = 20): Search {
  const typed = text.trim().slice(0, 500)
  const [settled, setSettled] = useState(typed)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed), pauseMillis)
    return () => clearTimeout(timer)
  }, [typed])
  const enabled = settled !== '' && typed !== ''
  const { data, error, isError, isFetching, refetch } = useCall(
    'search.issues',
    { text: settled, limit },
    { enabled, keepPrevious: true },
  )
  const result = enabled && !isError ? data : undefined
  return {
    hits: result?.hits ?? [],
    mistake: result?.mistake ?? null,
    catchingUp: result?.catchingUp ?? false,
    text: settled,
    state: !enabled ? 'idle' : isError ? 'failed' : data && !isFetching ? 'found' : 'searching',
    error,
    retry: () => void refetch(),
  }
}
