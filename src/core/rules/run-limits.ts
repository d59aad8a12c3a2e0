import { LRUCache } from 'lru-cache'
import { depthOf, type Occasion } from './occasion.ts'

/** How many rules may set each other off in a row. */
export const mostDepth = 5
/** How often one rule may act on one issue in `limitMillis`. */
export const mostRuns = 10
export const limitMillis = 60_000

const remembered = 10_000

export type RunLimits = {
  /** Why a rule must not act now, as a sentence that names it; `undefined` where it may. @param at when the occasion was. */
  stopped(occasion: Occasion, issueKey: string, at: number): string | undefined
  /** Counts that a rule changed something. What a person did or the clock brought about is no loop, however often it comes. */
  acted(occasion: Occasion, at: number): void
}

/** Stops rules that set themselves or each other off. The same occasion again is not counted again. */
export function runLimits(): RunLimits {
  const runs = new LRUCache<string, Map<string, number>>({ max: remembered })

  function recent(of: string, at: number): Map<string, number> {
    const known = runs.get(of) ?? new Map<string, number>()
    runs.set(of, known)
    for (const [key, when] of known) if (Math.abs(at - when) >= limitMillis) known.delete(key)
    return known
  }

  return {
    stopped(occasion, issueKey, at) {
      const { rule, issueId, key, cause } = occasion
      const { name } = rule.rule
      if (depthOf(cause) >= mostDepth)
        return `The rule "${name}" was stopped on ${issueKey}: ${mostDepth} changes in a row were made by rules already. Look whether rules set each other off.`
      if (depthOf(cause) === 0) return undefined
      const known = recent(`${rule.id} ${issueId}`, at)
      if (!known.has(key) && known.size >= mostRuns)
        return `The rule "${name}" was stopped on ${issueKey}: it acted ${mostRuns} times within a minute on what rules did. Look whether it sets itself off.`
      return undefined
    },
    acted({ rule, issueId, key, cause }, at) {
      if (depthOf(cause) > 0) recent(`${rule.id} ${issueId}`, at).set(key, at)
    },
  }
}
