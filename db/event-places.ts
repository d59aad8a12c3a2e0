import type { Chain } from './chain-book.ts'

/** How an event came to this replica, as `events.origin` holds it. */
export const origins = { recorded: 0, imported: 1, synced: 2 } as const

/** Added to an origin: nobody could say when it came whether it is what its type's should be, so that is asked whenever it is read. */
export const held = 4

/** An origin without what is added to it. */
export const originOf = (origin: number): number => origin % held
export const isHeld = (origin: number): boolean => origin >= held

/** Feeds show what somebody did, not that somebody looked. */
const quietTypes = new Set(['viewed', 'numbered'])

export const quietTypeNames: readonly string[] = [...quietTypes]

/** `events.quiet` of a type: 1 where no feed shows it. */
export const quietness = (type: string): 0 | 1 => (quietTypes.has(type) ? 1 : 0)

/** What this replica notes of an event beside what the hash covers. */
type EventPlace = {
  readonly type: string
  readonly quiet: number
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
  { type, quiet, origin, metadata }: EventPlace,
  chain: Pick<Chain, 'own' | 'ours'>,
): string | undefined {
  // One that came before its type was known may be marked as shown; feeds ask for its type themselves.
  if (quiet !== quietness(type) && !(isHeld(origin) && quiet === 0))
    return `it is ${quiet ? 'hidden from feeds that show' : 'shown in feeds that leave out'} every "${type}": it was changed after it was recorded`
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
