import { isDerivedId } from '../values/ids.ts'
import type { AnyStreamType } from './event.ts'

/** One recording of an event, as far as can be told: who holds sealed events sees their headers alone. */
export type Recording = {
  readonly streamType: AnyStreamType
  readonly streamId: string
  readonly type: string
  readonly imported: boolean
  /** Whether a rule recorded it; `undefined` where the payload can't be read. */
  readonly automated: boolean | undefined
}

/**
 * Whether an event that is known may have been recorded once more, on another copy: what a rule does by the clock, and what two people imported from
 * one tracker. What somebody did is recorded once, and whoever brings it again is replacing it. What the two recordings say may differ: the issue was
 * not the same on both copies, the rule was changed on one of them, the tracker was exported twice.
 */
export function mayRepeat(id: string, known: Recording, again: Recording): boolean {
  if (!isDerivedId(id) || known.streamType !== again.streamType || known.streamId !== again.streamId)
    return false
  if (known.imported !== again.imported) return false
  if (again.imported) return known.type === again.type
  return known.automated !== false && again.automated !== false
}
