import { parseFilter } from '#core/filter/parse-filter.ts'
import { type FilterContext, resolveFilter } from '#core/filter/resolve-filter.ts'
import type { ShownWorkspace } from '../../lib/workspace.tsx'

/** Whether the host is bound to take a filter: it reads well, and the window knows every name in it. `false` leaves it to the host. */
export function isSureOf(query: string, workspace: ShownWorkspace): boolean {
  const filter = parseFilter(query)
  if (!filter.ok) return false
  const context: FilterContext = {
    ...workspace,
    me: workspace.me.id,
    // Which issues there are the host alone knows.
    findIssue: () => undefined,
    now: 0,
    startOfDay: () => 0,
    dayOf: () => '2000-01-01',
  }
  return resolveFilter(filter.value, context).ok
}
