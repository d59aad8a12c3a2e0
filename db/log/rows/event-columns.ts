import { sql } from 'drizzle-orm'
import type { Chain } from './chain-store.ts'

/** How an event came to this replica, as `events.origin` holds it. */
export const origins = { recorded: 0, imported: 1, synced: 2 } as const

/** Added to an origin: nobody could say when it came whether it is what its type's should be, so that is asked whenever it is read. */
export const held = 4

/** An origin without what is added to it. */
export const originOf = (origin: number): number => origin % held
export const isHeld = (origin: number): boolean => origin >= held

/** What this replica notes of an event beside what the hash covers. */
type EventPlace = {
  readonly origin: number
  /** Canonical JSON; `null` for the commonest and once erased. */
  readonly metadata: string | null
}

/** An import under any other name than its own; the words may also stand in what the source said. */
function isImport(metadata: string): boolean {
  if (!metadata.includes('"triggeredBy":"import"')) return false
  return (JSON.parse(metadata) as { triggeredBy?: unknown }).triggeredBy === 'import'
}

/**
 * What is wrong with what this replica noted of an event, in a sentence; `undefined` where it fits the event and its chain. Docket's own export
 * keeps each event's metadata, so that `imported` fits any.
 */
export function placeProblem(
  { origin, metadata }: EventPlace,
  chain: Pick<Chain, 'own' | 'ours'>,
): string | undefined {
  const came = originOf(origin)
  const known =
    came === origins.recorded
      ? chain.ours && !(metadata !== null && isImport(metadata))
      : // A chain that this copy wrote once may have gone on elsewhere, but not the one that it writes.
        came === origins.imported || (came === origins.synced && !chain.own)
  return known
    ? undefined
    : 'how it came here does not fit its chain and what caused it: it was changed after it was recorded'
}

/** True of an event, in a query of drizzle's, of which nothing may follow yet; written as the partial index over what may wait is. */
export const mayWait = sql`(origin > 3 OR data IS NULL)`
