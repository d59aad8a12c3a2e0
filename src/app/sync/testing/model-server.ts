import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { v7 as uuidv7 } from 'uuid'
import type { ServerCursor, WireChain, WireEvent } from '#contract/sync-api/wire-events.ts'
import { startCursor } from '#contract/sync-api/wire-events.ts'
import { nextHlc } from '#core/events/event-order.ts'
import type { RemoteCode, Result } from '#core/values/refusal.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { genesis, hashEnds, hashEvent, hashPayload, inOrder } from '#db/log/rows/hash-chain.ts'
import type { RoundServer } from '#inboxes/sync/round/round-types.ts'

type Stored = { readonly chain: string; readonly event: WireEvent; readonly mark: string }

/** The protocol as a list in memory: what a server comes to, without a database and HTTP, so that thousands of schedules can be tried. */
export type ModelServer = RoundServer & {
  /** As it is now, to come back to: a restored backup. */
  snapshot(): () => void
  readonly events: readonly Stored[]
}

const refused = (code: string, details?: Record<string, unknown>) =>
  ({ ok: false, error: { retryable: false, code, message: code, ...(details ? { details } : {}) } }) as const

/** @param now the server's clock. */
export function modelServer(now: () => number): ModelServer {
  let events: Stored[] = []
  let chains = new Map<string, WireChain & { hashes: string[]; from: number }>()
  let numbers = new Map<number, string>()
  let replica = uuidv7()
  let hlc = 0
  const actorId = deriveId('server', '')

  const mark = (): string => events.at(-1)?.mark ?? startCursor.mark
  const cursor = (): ServerCursor => ({ seq: events.length, mark: mark() })
  const endOf = (chain: string) => {
    const found = chains.get(chain)
    return found && { seq: found.from + found.hashes.length - 1, hash: found.hashes.at(-1) as string }
  }
  function add(chain: string, event: WireEvent): void {
    const next = createHash('sha256').update(mark()).update(event.hash).digest('hex')
    events.push({ chain, event, mark: next })
    chains.get(chain)?.hashes.push(event.hash)
  }
  function number(event: WireEvent): void {
    if (event.number !== undefined && !numbers.has(event.number)) {
      numbers.set(event.number, event.streamId)
      return
    }
    let next = 1
    for (const taken of numbers.keys()) next = Math.max(next, taken + 1)
    numbers.set(next, event.streamId)
    if (!chains.has(replica))
      chains.set(replica, { chain: replica, replicaId: replica, hashes: [genesis], from: 0 })
    const end = endOf(replica) as { seq: number; hash: string }
    hlc = Math.max(nextHlc(hlc, now()), event.hlc + 1)
    const data = canonicalize({ number: next }) as string
    const metadata = canonicalize({ triggeredBy: 'sync', causationId: event.id }) as string
    const header = {
      id: uuidv7(),
      streamType: 'issue' as const,
      streamId: event.streamId,
      type: 'numbered',
      schemaVersion: 1,
      actorId,
      replicaSeq: end.seq + 1,
      hlc,
      occurredAt: now(),
    }
    const hash = hashEvent({ ...header, replicaId: replica }, hashPayload(data, metadata), end.hash)
    add(replica, { ...header, hash, data, metadata })
  }

  return {
    get events() {
      return events
    },
    snapshot() {
      const copy = {
        events: [...events],
        chains: new Map([...chains].map(([key, of]) => [key, { ...of, hashes: [...of.hashes] }])),
        numbers: new Map(numbers),
      }
      return () => {
        events = [...copy.events]
        chains = new Map([...copy.chains].map(([key, of]) => [key, { ...of, hashes: [...of.hashes] }]))
        numbers = new Map(copy.numbers)
        // A restored server is a started one: it goes on under another replica id.
        replica = uuidv7()
      }
    },
    async hello({ cursor: known, finished: asked }) {
      const own = [...chains.values()].filter(
        ({ chain, fork }) => !fork && events.find((each) => each.chain === chain)?.event.actorId === actorId,
      )
      const first = inOrder(own)
        .slice(0, asked?.count ?? 0)
        .map(({ chain }) => ({ chain, ...(endOf(chain) as { seq: number; hash: string }) }))
      const finished = asked && hashEnds(first) === asked.hash ? first : []
      const at = known.seq === 0 ? startCursor.mark : events[known.seq - 1]?.mark
      return {
        ok: true,
        value: {
          workspaceId: '',
          historyId: '',
          name: 'Model',
          encrypted: false,
          key: 0,
          needsKey: false,
          member: { id: '', role: 'member' },
          deviceId: '',
          cursor: cursor(),
          cursorKnown: at === known.mark,
          chains: [...chains.values()]
            .filter(({ chain }) => !finished.some((each) => each.chain === chain))
            .map(({ chain, replicaId, fork }) => ({
              chain,
              replicaId,
              ...(fork ? { fork } : {}),
              ...(endOf(chain) as { seq: number; hash: string }),
            })),
          serverChains: own.map(({ chain }) => chain),
          ...(finished.length > 0 ? { finished: finished.length } : {}),
          understands: ['finished_chains'],
        },
      }
    },
    async push({
      chain,
      replicaId,
      fork,
      after,
      prevHash,
      events: list,
    }): Promise<Result<never, RemoteCode>> {
      let known = chains.get(chain)
      if (!known) {
        const base = fork && chains.get(fork.chain)
        const hash = fork ? base?.hashes[fork.seq - base.from] : genesis
        if (hash === undefined) return refused('chain_gap', { seq: 0 })
        known = { chain, replicaId, ...(fork ? { fork } : {}), hashes: [hash], from: fork?.seq ?? 0 }
        chains.set(chain, known)
      }
      const end = endOf(chain) as { seq: number; hash: string }
      if (after > end.seq) return refused('chain_gap', end)
      if (after >= known.from && known.hashes[after - known.from] !== prevHash)
        return refused('chain_forked', { seq: after })
      for (const event of list) {
        if (event.replicaSeq > end.seq) break
        if (known.hashes[event.replicaSeq - known.from] !== event.hash)
          return refused('chain_forked', { seq: event.replicaSeq })
      }
      for (const event of list) {
        if (event.replicaSeq <= end.seq) continue
        add(chain, event)
        if (event.type === 'created' && event.streamType === 'issue') number(event)
        // Brought back by a client: taken numbers stay taken.
        if (event.type === 'numbered') {
          const { number: given } = JSON.parse(event.data as string) as { number: number }
          if (!numbers.has(given)) numbers.set(given, event.streamId)
          else if (numbers.get(given) !== event.streamId) number({ ...event, number: undefined })
        }
      }
      return { ok: true, value: { stored: endOf(chain)?.seq ?? 0, cursor: cursor() } as never }
    },
    async pull({ after, mark: known, limit, except = '' }) {
      const at = after === 0 ? startCursor.mark : events[after - 1]?.mark
      if (at !== known) return refused('cursor_unknown')
      const own = new Map(
        except
          .split(',')
          .filter(Boolean)
          .map((each) => [each.slice(0, 36), Number(each.slice(37))]),
      )
      const page = events.slice(after, after + limit)
      const wanted = page.filter(({ chain, event }) => event.replicaSeq > (own.get(chain) ?? 0))
      const keys = [...new Set(wanted.map(({ chain }) => chain))]
      const seq = after + page.length
      return {
        ok: true,
        value: {
          chains: keys.map((key) => {
            const { chain, replicaId, fork } = chains.get(key) as WireChain
            return { chain, replicaId, ...(fork ? { fork } : {}) }
          }),
          events: wanted.map(({ chain, event }) => ({ chain: keys.indexOf(chain), event })),
          // The model believes everybody: its seals are empty.
          receipts: keys.flatMap((chain) => {
            const last = wanted.findLast((each) => each.chain === chain)?.event
            return last ? { chain, seq: last.replicaSeq, hash: last.hash, memberId: null, seal: '' } : []
          }),
          cursor: { seq, mark: page.at(-1)?.mark ?? known },
          head: events.length,
          more: seq < events.length,
        },
      }
    },
    async chainPlace(chain, seq) {
      const known = chains.get(chain)
      const hash =
        known?.hashes[seq - known.from] ?? (known?.fork && chains.get(known.fork.chain)?.hashes[seq])
      return hash ? { ok: true, value: { hash } } : refused('unknown_place')
    },
  }
}
