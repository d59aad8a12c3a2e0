import type { Hello } from '#contract/sync-api/hello.ts'
import { mostEventsAPush } from '#contract/sync-api/protocol.ts'
import type { PushRequest } from '#contract/sync-api/push.ts'
import type { ChainReceipt, ServerCursor, WireEvent } from '#contract/sync-api/wire-events.ts'
import type { Refusal, RemoteCode } from '#core/values/refusal.ts'
import type { ChainEnd } from '#db/log/read/chain-reader.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { RestartRound, RoundFailed, unwrap } from './round-errors.ts'
import type { RoundOptions } from './round-types.ts'
import { orderBroken } from './server-order.ts'

/** What the round knows when it pushes. */
export type PushRound = {
  readonly hello: Hello
  /** The chains here as they were when the round began. */
  readonly ends: readonly ChainEnd[]
  /** Throws where the round was stopped. */
  readonly check: () => void
  /** Told once how many events there are to push, then how many of them each push stored. */
  readonly begun: (outgoing: number) => void
  readonly stored: (events: number) => void
}

export type PushedChains = {
  readonly pushed: number
  /** The server's newest place after the last push; `undefined` where nothing was pushed. */
  readonly newest: ServerCursor | undefined
  /** The hashes of what was pushed, in that order. */
  readonly placed: readonly string[]
  /** The ends that the server has of what was pushed, and of every chain of ours. */
  readonly stored: ReadonlyMap<string, number>
  /** Why own events are not taken; `null` where they are. */
  readonly notTaken: Refusal<RemoteCode> | null
  readonly clockAheadMillis: number | null
}

/** Events and bytes of a request. */
const pushLimit = 500
const pushBytes = 1_048_576

const readOnly: Refusal<RemoteCode> = { code: 'forbidden', message: 'A reader’s changes are not taken.' }
const serverTooOld: Refusal<RemoteCode> = {
  code: 'server_too_old',
  message:
    'the server is older than this Docket and does not know what was recorded here. It takes them once it is updated.',
}

const vouching = ({ chain, memberId, seal }: ChainReceipt, end: ChainEnd): PushRequest['receipt'] => ({
  memberId,
  seal,
  ...(chain === end.chain ? {} : { chain }),
})

/**
 * Pushes what the server lacks: of the chains written here, of its own, and of others' where a receipt shows that it had it. Where it takes nothing
 * of ours, that is no end of the round: what others do is pulled all the same. Throws `RoundFailed` and `RestartRound`.
 */
export async function pushChains(options: RoundOptions, round: PushRound): Promise<PushedChains> {
  const { server, chains, memory, last } = options
  const { hello, ends, check } = round
  const serverEnds = new Map(hello.chains.map((end) => [end.chain, end]))
  const serverActor = deriveId('server', hello.workspaceId)
  const startOf = ({ chain, fork }: ChainEnd): number =>
    serverEnds.get(chain)?.seq ?? (fork && serverEnds.has(fork.chain) ? fork.seq : 0)
  /** Whether the server wrote a chain of which it lost the end: then whoever has that brings it back. */
  const isServers = (end: ChainEnd): boolean =>
    startOf(end) < end.seq && chains.page(end.chain, startOf(end), 1, 0)[0]?.actorId === serverActor
  const reads = hello.member.role === 'reader'
  // Who was caught at leaving something out gets nothing before its order is whole.
  const holdsBack = memory.doubted()
  // What the server lost is found out by greeting it.
  const lost = last || reads ? [] : ends.filter((end) => !end.ours && startOf(end) < end.seq)
  const toPush = ends.filter((end) => end.ours || (lost.includes(end) && isServers(end)))
  const stored = new Map(toPush.map((end) => [end.chain, last?.stored.get(end.chain) ?? startOf(end)]))

  const tellStored = (): void => options.onStored?.(new Map(stored))
  tellStored()

  let pushed = 0
  let newest: ServerCursor | undefined
  const placed: string[] = []
  let notTaken: Refusal<RemoteCode> | null = null
  let clockAheadMillis: number | null = null

  /** Sends one piece. @returns what is in its way, where that is not the round's end. */
  async function send(
    end: ChainEnd,
    events: readonly WireEvent[],
    receipt?: ChainReceipt,
  ): Promise<Refusal<RemoteCode> | undefined> {
    const after = stored.get(end.chain) ?? 0
    const prevHash = chains.hashAt(end.chain, after)
    if (prevHash === undefined)
      throw new RoundFailed({
        code: 'chain_gap',
        message: `This copy does not have place ${after} of its own history.`,
      })
    const answer = await server.push({
      chain: end.chain,
      replicaId: end.replicaId,
      ...(end.fork && !serverEnds.has(end.chain) && serverEnds.has(end.fork.chain) ? { fork: end.fork } : {}),
      after,
      prevHash,
      events: events.map((event) => unwrap(options.seal(event))),
      ...(receipt ? { receipt: vouching(receipt, end) } : {}),
    })
    if (!answer.ok) {
      const { error } = answer
      const gap = error.code === 'chain_gap' ? Number(error.details?.seq) : Number.NaN
      if (Number.isInteger(gap) && gap < after) {
        // The server lost its tail since it was greeted.
        stored.set(end.chain, gap)
        return undefined
      }
      // What can't be brought back of somebody else's is in nobody's way.
      if (receipt && !error.retryable && error.code !== 'key_outdated') return error
      if (error.code === 'key_outdated')
        throw new RestartRound({
          ...error,
          retryable: true,
          message:
            'The server does not know the newest key of this workspace; an owner’s copy begins the next.',
        })
      if (error.code === 'chain_forked' || error.code === 'chain_gap') throw new RestartRound()
      // It takes more later; what others did is pulled meanwhile.
      if (error.code === 'rate_limited' && error.retryAfterMillis !== undefined) return error
      // A server that is older than this Docket takes nothing of what only a newer one knows; what others did is pulled all the same.
      if (
        error.code === 'unknown_event' ||
        (error.code === 'update_needed' && error.details?.event !== undefined)
      )
        return serverTooOld
      if (error.code !== 'forbidden') throw new RoundFailed(error)
      // The role may be another since the server was greeted.
      if (last) throw new RestartRound()
      return error
    }
    const { stored: reached, cursor } = answer.value
    // It took all of it, and may have had what follows from a push whose answer was lost: never what was not sent.
    if (reached < after + events.length || chains.hashAt(end.chain, reached) === undefined)
      throw new RestartRound(orderBroken)
    newest = cursor
    placed.push(...events.map(({ hash }) => hash))
    pushed += reached - after
    round.stored(reached - after)
    stored.set(end.chain, reached)
    tellStored()
    memory.keepOwed(new Map([...memory.owed(), [end.chain, reached]]))
    clockAheadMillis = answer.value.aheadMillis ?? clockAheadMillis
    return undefined
  }

  /** The receipts that may be for a chain, lowest place first: those of a fork were given when it was the chain that it forks off. */
  const receiptsOf = ({ replicaId }: ChainEnd): readonly ChainReceipt[] =>
    ends
      .filter((other) => other.replicaId === replicaId)
      .flatMap((other) => memory.receipts(other.chain))
      .sort((a, b) => a.seq - b.seq)

  /** Brings back what the server lost of somebody else's chain, from one receipt to the next. */
  async function bringBack(end: ChainEnd): Promise<void> {
    for (const receipt of receiptsOf(end)) {
      check()
      const after = stored.get(end.chain) ?? startOf(end)
      const count = receipt.seq - after
      if (count <= 0 || chains.hashAt(end.chain, receipt.seq) !== receipt.hash) continue
      if (count > mostEventsAPush) return
      stored.set(end.chain, after)
      const events = chains.page(end.chain, after, count, Number.POSITIVE_INFINITY) as readonly WireEvent[]
      if (await send(end, events, receipt)) return
    }
  }

  round.begun(
    reads || holdsBack
      ? 0
      : toPush.reduce((sum, end) => sum + Math.max(0, end.seq - (stored.get(end.chain) ?? 0)), 0),
  )
  if (reads) notTaken = readOnly
  else if (!holdsBack)
    for (const end of toPush) {
      for (;;) {
        check()
        const events = chains.page(end.chain, stored.get(end.chain) ?? 0, pushLimit, pushBytes)
        if (events.length === 0) break
        const inTheWay = await send(end, events as readonly WireEvent[])
        if (inTheWay && end.ours) notTaken = inTheWay
        if (inTheWay) break
      }
    }
  if (!holdsBack) for (const end of lost) if (!stored.has(end.chain)) await bringBack(end)
  return { pushed, newest, placed, stored, notTaken, clockAheadMillis }
}
