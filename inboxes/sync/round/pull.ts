import type { PulledPage } from '#contract/sync-api/pull.ts'
import { type ServerCursor, startCursor } from '#contract/sync-api/wire-events.ts'
import type { MissingPayload } from '../../store/sync-memory.ts'
import { RestartRound, unwrap } from './round-errors.ts'
import type { RoundOptions } from './round-types.ts'
import { followPage, keepsWord, orderBroken } from './server-order.ts'

/** What the round knows when it pulls. */
export type PullRound = {
  /** The place that this copy has come to, and whether the server says that it knows it. */
  readonly cursor: ServerCursor
  readonly cursorKnown: boolean
  /** How far the server has the chains that need not be sent back, by key. */
  readonly stored: ReadonlyMap<string, number>
  /** The newest places that the server named in this round. */
  readonly promised: readonly ServerCursor[]
  /** Throws where the round was stopped. */
  readonly check: () => void
  /** Told how far each chain is on the server now, and how many places a page went over of how many. */
  readonly known: (chain: string, seq: number) => void
  readonly passed: (places: number, left: number) => void
}

/** Events and bytes of a request. */
const pullLimit = 1_000
const pullBytes = 2_097_152

/**
 * Pulls whatever comes after this copy's place, page by page. Every page is followed along the server's order before anything of it is taken in or
 * asked for after it. Throws `RoundFailed` and `RestartRound`.
 */
export async function pullPages(
  options: RoundOptions,
  round: PullRound,
): Promise<{ readonly cursor: ServerCursor; readonly pulled: number }> {
  const { server, chains, memory, last } = options
  const { cursor, cursorKnown, stored, promised, check } = round
  let pulled = 0
  /** Whether the server says where what it leaves out stands; an older one does not, and is asked to leave nothing out. */
  let leavesOut = true

  const earlierThan = (seq: number): ServerCursor =>
    memory.earlier().find((each) => each.seq < seq) ?? startCursor
  const ask = (from: ServerCursor) => {
    const except = chains
      .ends()
      .filter(({ chain }) => leavesOut && stored.has(chain))
      .map(({ chain, seq }) => `${chain}:${Math.min(seq, stored.get(chain) ?? 0)}`)
      .join(',')
    return server.pull({
      after: from.seq,
      mark: from.mark,
      limit: pullLimit,
      bytes: pullBytes,
      ...(except ? { except } : {}),
    })
  }

  let from = cursorKnown ? cursor : earlierThan(cursor.seq)
  // What it lost is pushed again, and looked for then.
  if (!cursorKnown) memory.keepOwed(new Map())
  let asked: ReturnType<typeof ask> | undefined
  for (;;) {
    check()
    const answer = await (asked ?? ask(from))
    asked = undefined
    // It was put back since it was greeted.
    if (!answer.ok && answer.error.code === 'cursor_unknown' && cursorKnown) throw new RestartRound()
    if (!answer.ok && answer.error.code === 'cursor_unknown' && from.seq > 0) {
      from = earlierThan(from.seq)
      continue
    }
    const page = unwrap(answer)
    const followed = followPage({ from, page, chains, promised })
    if (!followed) {
      if (!leavesOut || page.leftOut !== undefined) throw new RestartRound(orderBroken)
      leavesOut = false
      continue
    }
    // The next page is on its way while this one is taken in.
    if (page.more) {
      if (page.cursor.seq === from.seq) throw new RestartRound(orderBroken)
      asked = ask(page.cursor)
    }
    pulled += await takeIn(options, page, from, last !== undefined)
    for (const { chain, event } of page.events) round.known(page.chains[chain]?.chain ?? '', event.replicaSeq)
    round.passed(page.cursor.seq - from.seq, page.head - page.cursor.seq)
    from = page.cursor
    const owed = [...memory.owed()].filter(([chain, seq]) => (followed.reached.get(chain) ?? 0) < seq)
    memory.keepOwed(new Map(owed))
    memory.save(from)
    if (!page.more) break
  }
  // Whatever it said that it has is in its order by now, own events that it took above all.
  if (!keepsWord(from, promised) || memory.owed().size > 0) throw new RestartRound(orderBroken)
  return { cursor: from, pulled }
}

/** Has the host take in what a page holds. @returns how many events are new here. */
async function takeIn(
  options: RoundOptions,
  page: PulledPage,
  after: ServerCursor,
  greeted: boolean,
): Promise<number> {
  if (page.events.length === 0) return 0
  const { chains, memory } = options
  const missing: MissingPayload[] = []
  const events = page.events.map(({ chain, event, aheadMillis }) => {
    const opened = options.open(event)
    // A key was begun since the last greeting, which is how it is learnt of.
    if (!opened.ok && opened.error.code === 'key_missing' && greeted) throw new RestartRound()
    const taken = unwrap(opened)
    if (taken.data === undefined) missing.push({ id: taken.id, after })
    return { chain, event: taken, aheadMillis }
  })
  // Before they are here: one that is noted and has its payload is asked for once more for nothing.
  memory.keepMissing(missing)
  const { appended } = unwrap(await options.receive({ chains: page.chains, events }))
  // Only what fits what is here now is worth bringing back.
  for (const receipt of page.receipts)
    if (chains.hashAt(receipt.chain, receipt.seq) === receipt.hash) memory.keepReceipt(receipt)
  return appended
}
