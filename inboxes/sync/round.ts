import type { Hello, PulledPage, Pushed, ServerCursor, WireEvent } from '#contract/sync-protocol.ts'
import { startCursor } from '#contract/sync-protocol.ts'
import type { ChainEnd, ChainReader } from '#db/chain-reader.ts'
import { deriveId } from '#db/derived-id.ts'
import type { Arrivals } from '#db/receive-events.ts'

/** What came of a request, or of a whole round. `away`: it may work later; `refused`: not before somebody does something. */
export type Trouble = {
  readonly ok: false
  readonly kind: 'refused' | 'away'
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>> | undefined
  readonly retryAfterMillis?: number | undefined
}
export type Answer<T> = { readonly ok: true; readonly value: T } | Trouble

/** What a round asks of the server. */
export type RoundServer = {
  hello(request: {
    readonly chains: readonly { readonly chain: string; readonly seq: number; readonly hash: string }[]
    readonly cursor: ServerCursor
  }): Promise<Answer<Hello>>
  push(request: {
    readonly chain: string
    readonly replicaId: string
    readonly fork?: { readonly chain: string; readonly seq: number }
    readonly after: number
    readonly prevHash: string
    readonly events: readonly WireEvent[]
  }): Promise<Answer<Pushed>>
  pull(query: {
    readonly after: number
    readonly mark: string
    readonly limit: number
    readonly bytes: number
    readonly except?: string
  }): Promise<Answer<PulledPage>>
  chainPlace(chain: string, seq: number): Promise<Answer<{ readonly hash: string }>>
}

/** What survives between rounds. */
export type RoundMemory = {
  cursor(): ServerCursor
  /** Earlier cursors, newest first, for a server that lost its tail. */
  earlier(): readonly ServerCursor[]
  save(cursor: ServerCursor): void
}

export type RoundOptions = {
  readonly server: RoundServer
  readonly chains: ChainReader
  readonly memory: RoundMemory
  /** Has the host take in what arrived. */
  readonly receive: (arrivals: Arrivals) => Promise<Answer<{ readonly appended: number }>>
  /** Has the host go on under a new replica id. */
  readonly continueElsewhere: (shared: number, forkKey: string) => Promise<Answer<unknown>>
  /** Seals and opens payloads; as they are where nothing is encrypted. */
  readonly seal: (event: WireEvent) => Answer<WireEvent>
  readonly open: (event: WireEvent) => Answer<WireEvent>
  /** Told after the greeting: the workspace's name, the role, whether it is encrypted. A trouble ends the round. */
  readonly greeted?: (hello: Hello) => Promise<Trouble | undefined>
  /** What the last round ended with, where nothing went wrong since: then the greeting is spared, until the server is found to differ. */
  readonly last?: RoundDone | undefined
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
  /** Chains that this copy has more of than the server, with how many events: their replicas have not been back since it lost its tail. */
  readonly ahead: number
  readonly clockAheadMillis: number | null
}

/** Events and bytes of a request. */
const pushLimit = 500
const pushBytes = 1_048_576
const pullLimit = 1_000
const pullBytes = 2_097_152
/** A copy that finds its chain forked again and again within one round is being raced by its clone; the next round goes on. */
const mostRestarts = 5

const trouble = (code: string, message: string): Trouble => ({ ok: false, kind: 'refused', code, message })

class Halt extends Error {
  readonly trouble: Trouble
  constructor(of: Trouble) {
    super(of.message)
    this.trouble = of
  }
}
class Restart extends Error {}

/** The value, or the end of the round. */
function take<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Halt(answer)
  return answer.value
}

/**
 * Brings this copy and the server to the same events: greets, finds out whether somebody else went on under this copy's name (then it goes on
 * under another), pushes what the server lacks of the chains written here, and pulls everything else. Whatever it was interrupted at, the next
 * round goes on from what both sides have. Never throws for what a server or a network does.
 */
export async function syncRound(options: RoundOptions): Promise<Answer<RoundDone>> {
  try {
    for (let restarts = 0; ; restarts++) {
      try {
        const last = restarts === 0 ? options.last : undefined
        return { ok: true, value: await roundOnce({ ...options, last }) }
      } catch (error) {
        if (!(error instanceof Restart) || restarts >= mostRestarts) throw error
      }
    }
  } catch (error) {
    if (error instanceof Halt) return error.trouble
    if (error instanceof Restart)
      return {
        ok: false,
        kind: 'away',
        code: 'chain_forked',
        message: 'Another copy of this workspace goes on under the same name just now; trying again.',
      }
    throw error
  }
}

async function roundOnce(options: RoundOptions): Promise<RoundDone> {
  const { server, chains, memory, onProgress, aborted, last } = options
  const check = (): void => {
    if (aborted?.()) throw new Halt({ ok: false, kind: 'away', code: 'cancelled', message: 'Stopped.' })
  }
  const ends = chains.ends()
  const hello =
    last?.hello ??
    take(
      await server.hello({
        chains: ends.map(({ chain, seq, hash }) => ({ chain, seq, hash })),
        cursor: memory.cursor(),
      }),
    )
  if (!last) {
    const unwelcome = await options.greeted?.(hello)
    if (unwelcome) throw new Halt(unwelcome)
  }
  const serverEnds = new Map(hello.chains.map((end) => [end.chain, end]))

  for (const end of ends) {
    if (!end.own || last) continue
    const shared = await sharedPlace(end, serverEnds.get(end.chain), server, chains)
    if (shared === undefined) continue
    const diverging = chains.hashAt(end.chain, shared + 1) ?? ''
    const forkKey = deriveId('fork', end.replicaId, String(shared), diverging)
    take(await options.continueElsewhere(shared, forkKey))
    throw new Restart()
  }

  const serverActor = deriveId('server', hello.workspaceId)
  /** Whether the server wrote a chain of which it lost the end: then whoever has that brings it back. */
  const isServers = ({ chain, seq }: ChainEnd): boolean => {
    if (last) return false
    const theirs = serverEnds.get(chain)?.seq ?? 0
    return theirs < seq && chains.page(chain, theirs, 1, 0)[0]?.actorId === serverActor
  }
  const toPush = ends.filter((end) => end.ours || isServers(end))
  const stored = new Map<string, number>()
  for (const { chain, fork } of toPush)
    stored.set(
      chain,
      last?.stored.get(chain) ??
        serverEnds.get(chain)?.seq ??
        (fork && serverEnds.has(fork.chain) ? fork.seq : 0),
    )

  const cursor = memory.cursor()
  let done = 0
  const outgoing = toPush.reduce((sum, end) => sum + Math.max(0, end.seq - (stored.get(end.chain) ?? 0)), 0)
  const cursorKnown = last !== undefined || hello.cursorKnown
  const incoming = Math.max(0, hello.cursor.seq - (cursorKnown ? cursor.seq : 0))
  let total = outgoing + incoming
  const tell = (): void => onProgress?.({ done: Math.min(done, total), total })
  tell()

  let pushed = 0
  let clockAheadMillis: number | null = null
  let newest: ServerCursor | undefined
  for (const end of toPush) {
    for (;;) {
      check()
      const after = stored.get(end.chain) ?? 0
      const events = chains.page(end.chain, after, pushLimit, pushBytes)
      if (events.length === 0) break
      const prevHash = chains.hashAt(end.chain, after)
      if (prevHash === undefined)
        throw new Halt(trouble('chain_gap', `This copy does not have place ${after} of its own history.`))
      const answer = await server.push({
        chain: end.chain,
        replicaId: end.replicaId,
        ...(end.fork && !serverEnds.has(end.chain) && serverEnds.has(end.fork.chain)
          ? { fork: end.fork }
          : {}),
        after,
        prevHash,
        events: events.map((event) => take(options.seal(event as WireEvent))),
      })
      if (!answer.ok) {
        const gap = answer.code === 'chain_gap' ? Number(answer.details?.seq) : Number.NaN
        if (Number.isInteger(gap) && gap < after) {
          // The server lost its tail since it was greeted.
          stored.set(end.chain, gap)
          continue
        }
        if (answer.code === 'chain_forked' || answer.code === 'chain_gap') throw new Restart()
        throw new Halt(answer)
      }
      newest = answer.value.cursor
      pushed += answer.value.stored - after
      done += answer.value.stored - after
      stored.set(end.chain, answer.value.stored)
      clockAheadMillis = answer.value.aheadMillis ?? clockAheadMillis
      tell()
    }
  }

  let pulled = 0
  // Nothing but what was just pushed is new there: it need not be asked for.
  if (newest && cursorKnown && newest.seq === cursor.seq + pushed) {
    memory.save(newest)
    return { hello, cursor: newest, pushed, pulled, stored, ahead: 0, clockAheadMillis }
  }
  let from = hello.cursorKnown
    ? cursor
    : (memory.earlier().find(({ seq }) => seq < cursor.seq) ?? startCursor)
  for (;;) {
    check()
    const except = chains
      .ends()
      .filter(({ chain }) => stored.has(chain))
      .map(({ chain, seq }) => `${chain}:${Math.min(seq, stored.get(chain) ?? 0)}`)
      .join(',')
    const answer = await server.pull({
      after: from.seq,
      mark: from.mark,
      limit: pullLimit,
      bytes: pullBytes,
      ...(except ? { except } : {}),
    })
    if (!answer.ok && answer.code === 'cursor_unknown' && last) throw new Restart()
    if (!answer.ok && answer.code === 'cursor_unknown' && from.seq > 0) {
      const before = from.seq
      from = memory.earlier().find(({ seq }) => seq < before) ?? startCursor
      continue
    }
    const page = take(answer)
    if (page.events.length > 0) {
      const events = page.events.map(({ chain, event, aheadMillis }) => {
        const opened = options.open(event)
        // A key was begun since the last greeting, which is how it is learnt of.
        if (!opened.ok && opened.code === 'key_missing' && last) throw new Restart()
        return { chain, event: take(opened), aheadMillis }
      })
      pulled += take(await options.receive({ chains: page.chains, events })).appended
    }
    done += Math.max(0, page.cursor.seq - from.seq)
    total = Math.max(total, done + Math.max(0, page.head - page.cursor.seq))
    from = page.cursor
    memory.save(from)
    tell()
    if (!page.more) break
  }
  const ahead = chains
    .ends()
    .filter((end) => !stored.has(end.chain))
    .reduce((sum, end) => sum + Math.max(0, end.seq - (serverEnds.get(end.chain)?.seq ?? end.seq)), 0)
  return { hello, cursor: from, pushed, pulled, stored, ahead, clockAheadMillis }
}

/** The last place of an own chain that both sides have alike, where the server has something else or something more; else `undefined`. */
async function sharedPlace(
  end: ChainEnd,
  theirs: { readonly seq: number; readonly hash: string } | undefined,
  server: RoundServer,
  chains: ChainReader,
): Promise<number | undefined> {
  if (!theirs || theirs.seq === 0) return undefined
  const alike = async (seq: number): Promise<boolean> => {
    if (seq === 0) return true
    const hash = seq === theirs.seq ? theirs.hash : take(await server.chainPlace(end.chain, seq)).hash
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
