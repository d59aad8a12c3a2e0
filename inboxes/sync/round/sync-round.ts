import type {
  ChainReceipt,
  Hello,
  HelloRequest,
  PulledPage,
  Pushed,
  PushRequest,
  ServerCursor,
  WireEvent,
} from '#contract/sync-api/messages.ts'
import type { ChainEnd, ChainReader } from '#db/log/read/chain-reader.ts'
import type { Arrivals } from '#db/log/receive-events.ts'
import type { ChainFork } from '#db/log/rows/chain-store.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { greet } from './greet.ts'
import { askForMissing } from './missing-payloads.ts'
import { pullPages } from './pull.ts'
import { pushChains } from './push.ts'
import { RestartRound, RoundFailed, unwrap } from './round-errors.ts'
import { keepsWord, leadsTo, orderBroken } from './server-order.ts'

/** What came of a request, or of a whole round. `away`: it may work later; `refused`: not before somebody does something. */
export type RoundRefusal = {
  readonly ok: false
  readonly kind: 'refused' | 'away'
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>> | undefined
  readonly retryAfterMillis?: number | undefined
}
export type RoundResult<T> = { readonly ok: true; readonly value: T } | RoundRefusal

/** What a round asks of the server. */
export type RoundServer = {
  hello(request: HelloRequest): Promise<RoundResult<Hello>>
  push(request: {
    readonly chain: string
    readonly replicaId: string
    readonly fork?: { readonly chain: string; readonly seq: number }
    readonly after: number
    readonly prevHash: string
    readonly events: readonly WireEvent[]
    readonly receipt?: PushRequest['receipt']
  }): Promise<RoundResult<Pushed>>
  pull(query: {
    readonly after: number
    readonly mark: string
    readonly limit: number
    readonly bytes: number
    readonly except?: string
  }): Promise<RoundResult<PulledPage>>
  chainPlace(chain: string, seq: number): Promise<RoundResult<{ readonly hash: string }>>
}

/** What survives between rounds. */
export type RoundMemory = {
  cursor(): ServerCursor
  /** Earlier cursors, newest first, for a server that lost its tail. */
  earlier(): readonly ServerCursor[]
  save(cursor: ServerCursor): void
  /** What shows that the server had another's chain up to a place, lowest place first. */
  receipts(chain: string): readonly ChainReceipt[]
  keepReceipt(receipt: ChainReceipt): void
  /** Remembers events that came without a payload that can be read, and where in the server's order to ask for them again. */
  keepMissing(missing: readonly MissingPayload[]): void
  missing(): readonly MissingPayload[]
  /** Forgets those that are not missing any more. */
  dropMissing(ids: readonly string[]): void
  /** Own chains that the server took up to a place, by key, and did not yet show in its order up to there. */
  owed(): ReadonlyMap<string, number>
  keepOwed(owed: ReadonlyMap<string, number>): void
  /** Whether the server was caught with an order that is none, and showed none that is since. */
  doubted(): boolean
  doubt(doubted: boolean): void
  /** What the server said of itself when it was greeted last: the next greeting goes by it. */
  greeted(): Greeted | undefined
  keepGreeted(greeted: Greeted): void
}

export type Greeted = Pick<Hello, 'workspaceId' | 'understands'>

/** An event that is here without its payload: it is on the page that begins after `after`. */
export type MissingPayload = { readonly id: string; readonly after: ServerCursor }

export type RoundOptions = {
  readonly server: RoundServer
  readonly chains: ChainReader
  readonly memory: RoundMemory
  /** Has the host take in what arrived. */
  readonly receive: (arrivals: Arrivals) => Promise<RoundResult<{ readonly appended: number }>>
  /** Has the host give a chain's end after a shared place a key of its own, and where the chain is this copy's, go on under a new replica id. */
  readonly forkChain: (fork: ChainFork) => Promise<RoundResult<unknown>>
  /**
   * Seals and opens payloads; as they are where nothing is encrypted. What its author sealed so that nobody can read it opens without a payload,
   * with the payload's hash.
   */
  readonly seal: (event: WireEvent) => RoundResult<WireEvent>
  readonly open: (event: WireEvent) => RoundResult<WireEvent>
  /** Told after the greeting: the workspace's name, the role, whether it is encrypted. A trouble ends the round. */
  readonly greeted?: (hello: Hello) => Promise<RoundRefusal | undefined>
  /** What the last round ended with, where nothing went wrong since: then the greeting is spared, until the server is found to differ. */
  readonly last?: RoundDone | undefined
  /** Told how far the server has each own chain, by key, whenever it said so. */
  readonly onStored?: (stored: ReadonlyMap<string, number>) => void
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
  readonly aborted?: () => boolean
}

export type RoundDone = {
  readonly hello: Hello
  readonly cursor: ServerCursor
  readonly pushed: number
  readonly pulled: number
  /** The ends of the chains that the server has of ours, by key. */
  readonly stored: ReadonlyMap<string, number>
  /** The ends of every chain on the server, as far as this copy knows. */
  readonly serverEnds: ReadonlyMap<string, number>
  /** Others' events that this copy has and the server lost: they wait for the copies that wrote them. */
  readonly ahead: number
  /** Why own events are not taken, in the server's words; `null` where they are. */
  readonly notTaken: RoundRefusal | null
  readonly clockAheadMillis: number | null
}

const racedByAClone: RoundRefusal = {
  ok: false,
  kind: 'away',
  code: 'chain_forked',
  message: 'Another copy of this workspace goes on under the same name just now; trying again.',
}
/** A copy that finds its chain forked again and again within one round is being raced by its clone; the next round goes on. */
const mostRestarts = 5

/**
 * Brings this copy and the server to the same events: greets, finds out whether somebody else went on under this copy's name (then it goes on
 * under another), pushes what the server lacks of the chains written here, and pulls everything else. Whatever it was interrupted at, the next
 * round goes on from what both sides have. Never throws for what a server or a network does.
 */
export async function syncRound(options: RoundOptions): Promise<RoundResult<RoundDone>> {
  try {
    for (let restarts = 0; ; restarts++) {
      try {
        const last = restarts === 0 ? options.last : undefined
        return { ok: true, value: await roundOnce({ ...options, last }) }
      } catch (error) {
        if (error instanceof RestartRound && error.trouble === orderBroken) options.memory.doubt(true)
        if (!(error instanceof RestartRound) || restarts >= mostRestarts) throw error
      }
    }
  } catch (error) {
    if (error instanceof RoundFailed) return error.trouble
    if (!(error instanceof RestartRound)) throw error
    return error.trouble ?? racedByAClone
  }
}

async function roundOnce(options: RoundOptions): Promise<RoundDone> {
  const { server, chains, memory, onProgress, aborted, last } = options
  const check = (): void => {
    if (aborted?.())
      throw new RoundFailed({ ok: false, kind: 'away', code: 'cancelled', message: 'Stopped.' })
  }
  const ends = chains.ends()
  const hello = last?.hello ?? unwrap(await greet(options, ends))
  if (!last) {
    const unwelcome = await options.greeted?.(hello)
    if (unwelcome) throw new RoundFailed(unwelcome)
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
