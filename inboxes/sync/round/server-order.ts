import type { PulledPage } from '#contract/sync-api/pull.ts'
import type { ServerCursor } from '#contract/sync-api/wire-events.ts'
import type { Refusal, RemoteCode } from '#core/values/refusal.ts'
import type { ChainReader } from '#db/log/read/chain-reader.ts'
import { nextMark } from '#db/log/rows/hash-chain.ts'

/** What is said of a server whose order is not one: it stands until the server shows one that is. */
export const orderBroken: Refusal<RemoteCode> = {
  code: 'order_broken',
  message:
    'The server left a change out, moved one or took one back: what it sent does not lead to the place that it names. Nothing of that was taken in, everything of yours is kept, and nothing more is sent to it until its history is whole again.',
}

/** A page that leads where it says. */
export type FollowedPage = {
  /** The furthest place that each chain has in it, by key, left-out events too. */
  readonly reached: ReadonlyMap<string, number>
}

export type FollowOptions = {
  readonly from: ServerCursor
  readonly page: PulledPage
  /** Knows the events that were left out, for they are here. */
  readonly chains: Pick<ChainReader, 'page'>
  /** Places that the server named before, further on than `from`: the order hash there must be theirs. */
  readonly promised: readonly ServerCursor[]
}

/** Left-out events that are looked up at once. */
const atOnce = 1_000

/**
 * Works out the server's order hashes over a page, event by event, those that it leaves out too. Where nothing is missing, moved or other than it was, they
 * lead to the page's own cursor. @returns `undefined` where they do not.
 */
export function followPage({ from, page, chains, promised }: FollowOptions): FollowedPage | undefined {
  const { cursor, events } = page
  if (cursor.seq < from.seq) return undefined
  const promisedHashes = new Map(
    promised.filter(({ seq }) => seq > from.seq).map(({ seq, mark }) => [seq, mark]),
  )
  const reached = new Map<string, number>()
  let { seq: place, mark: orderHash } = from

  function move(hash: string, chain: string, seq: number): boolean {
    place += 1
    orderHash = nextMark(orderHash, hash)
    reached.set(chain, Math.max(reached.get(chain) ?? 0, seq))
    return place <= cursor.seq && (promisedHashes.get(place) ?? orderHash) === orderHash
  }

  function skipMissing({ chain, seq, count }: { chain: string; seq: number; count: number }): boolean {
    for (let done = 0; done < count; ) {
      const here = chains.page(
        chain,
        seq - 1 + done,
        Math.min(atOnce, count - done),
        Number.POSITIVE_INFINITY,
      )
      if (here[0]?.replicaSeq !== seq + done) return false
      for (const event of here) if (!move(event.hash, chain, event.replicaSeq)) return false
      done += here.length
    }
    return true
  }

  const runs = [...(page.leftOut ?? [])].reverse()
  const passRuns = (): boolean => {
    for (let run = runs.at(-1); run?.place === place + 1; run = runs.at(-1)) {
      if (!skipMissing(run)) return false
      runs.pop()
    }
    return true
  }
  for (const { chain, event } of events)
    if (!passRuns() || !move(event.hash, page.chains[chain]?.chain ?? '', event.replicaSeq)) return undefined
  if (!passRuns() || runs.length > 0) return undefined
  return place === cursor.seq && orderHash === cursor.mark ? { reached } : undefined
}

/** Whether the newest places that the server named are on the way to `at`, as far as that goes. */
export const keepsWord = (at: ServerCursor, promised: readonly ServerCursor[]): boolean =>
  promised.every(({ seq, mark }) => seq < at.seq || (seq === at.seq && mark === at.mark))

/** Whether those events and nothing else lie between two places. */
export const leadsTo = (from: ServerCursor, hashes: readonly string[], to: ServerCursor): boolean =>
  hashes.reduce(nextMark, from.mark) === to.mark
