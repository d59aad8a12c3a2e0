import type { ConflictView } from '#contract/answers/sync-answers.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import { type Pages, usePages } from '../../lib/queries/use-pages.ts'

export type ConflictShow = 'open' | 'settled' | 'all'

const pageSize = 50

/** Conflicts, newest first, page by page. @param issueId of one issue alone */
export function useConflictPages(show: ConflictShow, issueId?: string): Pages<ConflictView> {
  const filter = { show, ...(issueId === undefined ? {} : { issueId }) }
  return usePages<ConflictView, string>('conflicts.list', filter, async (before) => {
    const page = await callHost('conflicts.list', {
      ...filter,
      limit: pageSize,
      ...(before === undefined ? {} : { before }),
    })
    return { rows: page.conflicts, next: page.next }
  })
}
