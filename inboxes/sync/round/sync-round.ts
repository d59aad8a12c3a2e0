import type { ServerCursor } from '#contract/sync-api/wire-events.ts'
import type { Refusal, RemoteCode, Result } from '#core/values/refusal.ts'
import type { ChainEnd, ChainReader } from '#db/log/read/chain-reader.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { greet } from './greet.ts'
import { askForMissing } from './missing-payloads.ts'
import { pullPages } from './pull.ts'
import { pushChains } from './push.ts'
import { RestartRound, RoundFailed, unwrap } from './round-errors.ts'
import type { RoundDone, RoundOptions, RoundServer } from './round-types.ts'
import { keepsWord, leadsTo, orderBroken } from './server-order.ts'

const racedByAClone: Refusal<RemoteCode> = {
  code: 'chain_forked',
  message: 'Another copy of this workspace goes on under the same name just now; trying again.',
  retryable: true,
}
/** A copy that finds its chain forked again and again within one round is being raced by its clone; the next round goes on. */
const mostRestarts = 5

/**
 * Brings this copy and the server to the same events: greets, finds out whether somebody else went on under this copy's name (then it goes on
 * under another), pushes what the server lacks of the chains written here, and pulls everything else. Whatever it was interrupted at, the next
 * round goes on from what both sides have. Never throws for what a server or a network does.
 */
export async function syncRound(options: RoundOptions): Promise<Result<RoundDone, RemoteCode>> {
  try {
    for (let restarts = 0; ; restarts++) {
      try {
        const last = restarts === 0 ? options.last : undefined
        return { ok: true, value: await roundOnce({ ...options, last }) }
      } catch (error) {
        if (error instanceof RestartRound && error.refusal === orderBroken) options.memory.doubt(true)
        if (!(error instanceof RestartRound) || restarts >= mostRestarts) throw error
      }
    }
  } catch (error) {
    if (error instanceof RoundFailed) return { ok: false, error: error.refusal }
    if (!(error instanceof RestartRound)) throw error
    return { ok: false, error: error.refusal ?? racedByAClone }
  }
}

async function roundOnce(options: RoundOptions): Promise<RoundDone> {
  const { server, chains, memory, onProgress, aborted, last } = options
  const check = (): void => {
    if (aborted?.()) throw new RoundFailed({ code: 'cancelled', message: 'Stopped.', retryable: true })
  }
  const ends = chains.ends()
  const hello = last?.hello ?? unwrap(await greet(options, ends))
  if (!last) {
    const greeted = await options.greeted?.(hello)
    if (greeted) unwrap(greeted)
  }
  const serverEnds = new Map(hello.chains.map((end) => [end.chain, end]))
  // What it lost since it took it is pushed again, and looked for then.
  if (!last)
    memory.keepOwed(
      new Map([...memory.owed()].filter(([chain, seq]) => (serverEnds.get(chain)?.seq ?? 0) >= seq)),
    )

  for (const end of ends) {
    // Others' chains are as they were pulled, unless the server was put back since.
    if (last || (!end.own && hello.cursorKnown)) continue
    const shared = await sharedPlace(end, serverEnds.get(end.chain), server, chains)
    if (shared === undefined || (!end.own && shared === end.seq)) continue
    const diverging = chains.hashAt(end.chain, shared + 1) ?? ''
    const forkKey = deriveId('fork', end.replicaId, String(shared), diverging)
    unwrap(await options.forkChain({ chain: end.chain, shared, forkKey }))
    throw new RestartRound()
  }

  if (!last) await askForMissing(options, check)
  const cursor = memory.cursor()
  const cursorKnown = last !== undefined || hello.cursorKnown
  let done = 0
  let total = Math.max(0, hello.cursor.seq - (cursorKnown ? cursor.seq : 0))
  const tell = (): void => onProgress?.({ done: Math.min(done, total), total })
  const { pushed, newest, placed, stored, notTaken, clockAheadMillis } = await pushChains(options, {
    hello,
    ends,
    check,
    begun(outgoing) {
      total += outgoing
      tell()
    },
    stored(count) {
      done += count
      tell()
    },
  })
  const known = new Map(last?.serverEnds ?? hello.chains.map(({ chain, seq }) => [chain, seq]))
  for (const [chain, seq] of stored) known.set(chain, seq)
  const finish = (cursor: ServerCursor, pulled: number): RoundDone => ({
    hello,
    cursor,
    pushed,
    pulled,
    stored,
    serverEnds: known,
    ahead: chains
      .ends()
      .filter(({ ours }) => !ours)
      .reduce(
        (sum, { chain, seq, fork }) => sum + Math.max(0, seq - (known.get(chain) ?? fork?.seq ?? 0)),
        0,
      ),
    notTaken,
    clockAheadMillis,
  })

  /** All that the server said that it has is here by now; where it was caught at something else, own events were held back until then. */
  function keptWhole(): void {
    if (!last && hello.chains.some(({ chain, seq, hash }) => chains.hashAt(chain, seq) !== hash))
      throw new RestartRound(orderBroken)
    if (!memory.doubted()) return
    memory.doubt(false)
    throw new RestartRound()
  }
  const promised = [...(last ? [] : [hello.cursor]), ...(newest ? [newest] : [])]
  if (cursorKnown && !promised.every((each) => each.seq > cursor.seq || keepsWord(cursor, [each])))
    throw new RestartRound(orderBroken)
  // Nothing but what was just pushed is new there: it need not be asked for.
  if (newest && cursorKnown && newest.seq === cursor.seq + placed.length && leadsTo(cursor, placed, newest)) {
    memory.keepOwed(new Map())
    memory.save(newest)
    keptWhole()
    return finish(newest, 0)
  }
  const { cursor: reached, pulled } = await pullPages(options, {
    cursor,
    cursorKnown,
    stored,
    promised,
    check,
    known: (chain, seq) => void known.set(chain, Math.max(known.get(chain) ?? 0, seq)),
    passed(places, left) {
      done += Math.max(0, places)
      total = Math.max(total, done + Math.max(0, left))
      tell()
    },
  })
  keptWhole()
  return finish(reached, pulled)
}

/** The last place of a chain that both sides have alike, where the server has something else or something more; else `undefined`. */
async function sharedPlace(
  end: ChainEnd,
  theirs: { readonly seq: number; readonly hash: string } | undefined,
  server: RoundServer,
  chains: ChainReader,
): Promise<number | undefined> {
  if (!theirs || theirs.seq === 0) return undefined
  const alike = async (seq: number): Promise<boolean> => {
    if (seq === 0) return true
    const hash = seq === theirs.seq ? theirs.hash : unwrap(await server.chainPlace(end.chain, seq)).hash
    return hash === chains.hashAt(end.chain, seq)
  }
  const both = Math.min(end.seq, theirs.seq)
  const same = await alike(both)
  if (same) return theirs.seq > end.seq ? both : undefined
  let [low, high] = [0, both]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (await alike(middle)) low = middle
    else high = middle
  }
  return low
}
