import type { ResolvedFilter } from '#core/filter/resolve-filter.ts'
import type { Position } from '#core/values/ids.ts'
import type { IssueListQuery } from '#db/queries/issue-list/issue-list.ts'

/** Orders kept at a time, of all windows; the ones asked for longest ago go first. */
const mostHeld = 64
/** Issues in all of them together, four bytes each. */
const mostIssues = 4_000_000

/** Lists up to this long are compared whole; of longer ones their beginning and their length. */
const comparedWhole = 20_000
const comparedBeginning = 1_000

type Held = {
  /** How far the log was when it was taken up. */
  readonly since: Position
  /** What has been shown of it so far, until the whole is put together. */
  readonly first: readonly number[]
  /** Surrogates of all that is in it, in the order in which it is shown. */
  whole: Uint32Array | null
}

/**
 * The orders of lists as windows opened them: whatever changes meanwhile, a window that names its order gets its rows in that one.
 * What is forgotten here is taken up as it is now; nothing is lost but the order.
 * @param position how far the log is
 * @param takenBack the surrogates of issues that were changed since a position and are again what they were
 */
export function heldOrders(
  list: IssueListQuery,
  position: () => Position,
  takenBack: (since: Position) => ReadonlySet<number>,
) {
  const held = new Map<string, Held>()

  function remember(name: string, order: Held): Held {
    held.delete(name)
    held.set(name, order)
    let issues = 0
    for (const { whole, first } of held.values()) issues += (whole ?? first).length
    for (const [oldest, { whole, first }] of held) {
      if (held.size <= mostHeld && issues <= mostIssues) break
      if (oldest === name) continue
      held.delete(oldest)
      issues -= (whole ?? first).length
    }
    return order
  }

  /** The whole order; where only its beginning was shown yet, that comes first, as it was shown. */
  function wholeOf(name: string, filter: ResolvedFilter): Uint32Array {
    const order = remember(name, held.get(name) ?? { since: position(), first: [], whole: null })
    if (order.whole) return order.whole
    const shown = new Set(order.first)
    order.whole = Uint32Array.from([...order.first, ...list.order(filter).filter((id) => !shown.has(id))])
    return order.whole
  }

  const countOf = (filter: ResolvedFilter): number =>
    Object.values(list.count(filter)).reduce((sum, count) => sum + count, 0)

  return {
    /** A page by the order of that name; a name that is new takes the order as it is now. */
    page(name: string, filter: ResolvedFilter, offset: number, limit: number) {
      if (offset === 0 && !held.has(name)) {
        // The first rows of a list are as quick as they are without an order to keep.
        const since = position()
        const ids = list.ids(filter, { limit })
        remember(name, { since, first: ids, whole: ids.length < limit ? Uint32Array.from(ids) : null })
        return { rows: list.rows(ids), total: countOf(filter), left: [] }
      }
      const whole = wholeOf(name, filter)
      const ids = [...whole.subarray(offset, offset + limit)]
      const rows = list.rows(ids)
      const matching = list.matching(filter, ids)
      return {
        rows,
        total: whole.length,
        left: rows.flatMap((row, at) => (matching.has(ids[at] as number) ? [] : [row.id])),
      }
    },
    /** Whether the order of that name is another than it would be now. An issue that was changed and is again what it was waits for nothing. */
    isChanged(name: string, filter: ResolvedFilter): boolean {
      const whole = wholeOf(name, filter)
      const long = whole.length > comparedWhole
      const now = long ? list.ids(filter, { limit: comparedBeginning }) : list.order(filter)
      if (whole.length !== (long ? countOf(filter) : now.length)) return true
      if (now.every((id, at) => whole[at] === id)) return false
      const back = takenBack(held.get(name)?.since ?? position())
      if (back.size === 0) return true
      const others = now.filter((id) => !back.has(id))
      const shown = whole.filter((id) => !back.has(id))
      return others.some((id, at) => shown[at] !== id)
    },
    /** Where an issue stands in an order. */
    placeOf(name: string, filter: ResolvedFilter, issue: number): number | null {
      const at = wholeOf(name, filter).indexOf(issue)
      return at < 0 ? null : at
    },
    /** Takes issues out of an order that match no longer, and puts in, each where it belongs now, those that were not in it. The others stay as they are. */
    take(name: string, filter: ResolvedFilter, taken: readonly number[]): void {
      const whole = wholeOf(name, filter)
      const since = held.get(name)?.since ?? position()
      const matching = list.matching(filter, taken)
      const gone = new Set(taken.filter((id) => !matching.has(id)))
      const kept = [...whole].filter((id) => !gone.has(id))
      const places = new Set(kept)
      const missing = [...matching].filter((id) => !places.has(id))
      const now = missing.length === 0 ? [] : list.order(filter)
      for (const id of missing) {
        let before = now.indexOf(id) - 1
        while (before >= 0 && !places.has(now[before] as number)) before--
        kept.splice(before < 0 ? 0 : kept.indexOf(now[before] as number) + 1, 0, id)
        places.add(id)
      }
      remember(name, { since, first: [], whole: Uint32Array.from(kept) })
    },
  }
}
