import type { EventRegistry } from '#core/event-registry.ts'
import { eventName, type RecordedEvent } from '#core/events/event.ts'
import { type EventOrder, hlcMillis, orderOf, totalOrder } from '#core/events/event-order.ts'
import { isInstant } from '#core/time/instant.ts'
import { jsonObject } from '#core/values/json-depth.ts'
import type { JumpNotes } from './clock-jumps.ts'
import type { StreamRef } from './event-log.ts'
import type { ArrivingEvent } from './rows/arriving-event.ts'
import type { Chain, ChainStore } from './rows/chain-store.ts'
import { held, origins } from './rows/event-columns.ts'
import { hashEvent, hashPayload, plainMetadata } from './rows/hash-chain.ts'
import { payloadProblem } from './rows/payload-problem.ts'

export type ArrivingChain = {
  readonly chain: string
  readonly replicaId: string
  readonly fork?: { readonly chain: string; readonly seq: number } | undefined
}
export type Arrivals = {
  readonly chains: readonly ArrivingChain[]
  /** In an order in which each chain is without gaps. `chain` is an index into `chains`. */
  readonly events: readonly {
    readonly chain: number
    readonly event: ArrivingEvent
    readonly aheadMillis?: number | undefined
  }[]
}
export type Received = {
  readonly appended: number
  /** Known already. */
  readonly skipped: number
  /** Of those, events that were here without their payload and have it now. */
  readonly madeWhole: number
  readonly position: number
}

/** What arrived can't be taken as it is; nothing was written. */
export class ArrivalError extends Error {
  readonly code: 'chain_gap' | 'forged_hash' | 'own_chain' | 'invalid_event'
  readonly eventId: string
  constructor(code: ArrivalError['code'], message: string, eventId: string) {
    super(message)
    this.name = 'ArrivalError'
    this.code = code
    this.eventId = eventId
  }
}

/** Another replica's clock may be this far ahead and still move this one's, in milliseconds. */
export const mostAhead = 300_000

/** What is written of one arriving event. */
export type ArrivingRow = {
  readonly event: ArrivingEvent
  readonly chain: Chain
  readonly origin: number
}

export type ReceiveOptions = {
  readonly book: ChainStore
  readonly registry: EventRegistry
  readonly now: () => number
  /** Writes the row at the end of the log; a copy where the event's id is known already. */
  readonly write: (row: ArrivingRow) => { readonly recorded: RecordedEvent; readonly copy: boolean }
  /** Where a recorded event of that id stands. */
  readonly placeOfEvent: (id: string) => EventOrder
  /** The hash at a place of a chain, or of the chain that it goes on from. */
  readonly hashAt: (chain: Chain, seq: number) => string | undefined
  /** Called before the first event of a stream is written. */
  readonly beforeStream: (stream: StreamRef) => void
  /** Called with all events of a stream after all were written; `earliest` is the first place that they touch. */
  readonly afterStream: (stream: StreamRef, recorded: readonly RecordedEvent[], earliest: EventOrder) => void
  /** Gives events that are here already the payloads that they came without. @returns how many had none. */
  readonly makeWhole: (events: readonly ArrivingEvent[]) => number
  readonly ahead: (position: number, millis: number) => void
  /** Moves the clock on to another replica's reading. */
  readonly observe: (hlc: number) => void
  readonly jumps: JumpNotes
}

/**
 * Whether nothing follows from an event when it comes: it is of what only a newer Docket knows, its payload is not here, or it is not one that can have
 * happened. A server refuses the last where it knows the type; one that does not has nothing to refuse, so a copy keeps the event in its place and
 * goes on: refusing it would stop everybody at what one member wrote.
 */
const isHeldBack = (event: ArrivingEvent, registry: EventRegistry): boolean =>
  event.data === undefined || !registry.knows(event) || !registry.fits(event, jsonObject(event.data))

/** What is wrong with an event that follows a chain's end; `undefined` where nothing is. */
function wrongWith(
  event: ArrivingEvent,
  chain: Chain,
  registry: EventRegistry,
): ConstructorParameters<typeof ArrivalError> | undefined {
  if (event.replicaSeq !== chain.seq + 1)
    return [
      'chain_gap',
      `event ${event.replicaSeq} of replica ${chain.replicaId} arrived after ${chain.seq}`,
      event.id,
    ]
  const payloadHash =
    event.data === undefined
      ? (event.payloadHash ?? '')
      : hashPayload(event.data, event.metadata ?? plainMetadata)
  const { id, actorId, hlc, occurredAt, replicaSeq, schemaVersion, streamId, streamType, type } = event
  const header = { actorId, hlc, id, occurredAt, replicaSeq, schemaVersion, streamId, streamType, type }
  if (hashEvent({ ...header, replicaId: chain.replicaId }, payloadHash, chain.hash) !== event.hash)
    return ['forged_hash', `the hash of event ${id} does not match its content`, id]
  if (!isInstant(occurredAt))
    return ['invalid_event', `event ${id} says that it happened outside of the years 1 to 9999`, id]
  if (!eventName.test(type) || !eventName.test(streamType))
    return ['invalid_event', `event ${id} has a name that no type or kind of stream can have`, id]
  const problem = payloadProblem(event, registry)
  return problem === undefined ? undefined : ['invalid_event', `the payload of event ${id} ${problem}`, id]
}

/** Writes what other replicas recorded, verified against their chains, and has every stream folded that it touches. Inside one transaction. */
export function receiveEvents(arrivals: Arrivals, options: ReceiveOptions): Omit<Received, 'position'> {
  const { book, registry, now, jumps } = options
  const chains = new Map<number, Chain>()
  const streams = new Map<string, { ref: StreamRef; recorded: RecordedEvent[]; earliest: EventOrder }>()
  const known: ArrivingEvent[] = []

  function chainOf(index: number, event: ArrivingEvent): Chain {
    const open = chains.get(index)
    if (open) return open
    const { chain: key, replicaId, fork } = arrivals.chains[index] as ArrivingChain
    let found = book.find(key)
    if (!found) {
      // It may go on from what came just before.
      writeEnds()
      const base = fork && book.find(fork.chain)
      const hash = base && fork && options.hashAt(base, fork.seq)
      if (fork && hash === undefined)
        throw new ArrivalError(
          'chain_gap',
          `replica ${replicaId} forks off a place that is not here`,
          event.id,
        )
      found = book.add({
        key,
        replicaId,
        own: false,
        ours: false,
        forkOf: base && fork ? { id: base.id, seq: fork.seq } : null,
        ...(fork && hash !== undefined ? { seq: fork.seq, hash } : {}),
      })
    }
    return found
  }

  function writeEnds(): void {
    for (const chain of chains.values()) if (!chain.own) book.move(chain.id, chain)
  }

  for (const { chain: index, event, aheadMillis } of arrivals.events) {
    const chain = chainOf(index, event)
    chains.set(index, chain)
    if (event.replicaSeq <= chain.seq) {
      known.push(event)
      continue
    }
    if (chain.own)
      throw new ArrivalError('own_chain', 'the server has more of this replica than this copy', event.id)
    const wrong = wrongWith(event, chain, registry)
    if (wrong) throw new ArrivalError(...wrong)
    const ref: StreamRef = { type: event.streamType, id: event.streamId }
    const streamKey = `${ref.type} ${ref.id}`
    let stream = streams.get(streamKey)
    if (!stream) options.beforeStream(ref)
    const { recorded, copy } = options.write({
      event,
      chain,
      origin: (event.imported ? origins.imported : origins.synced) + (isHeldBack(event, registry) ? held : 0),
    })
    const place = orderOf(recorded)
    const touches = copy ? earlier(place, options.placeOfEvent(event.id)) : place
    if (!stream) {
      stream = { ref, recorded: [], earliest: touches }
      streams.set(streamKey, stream)
    }
    stream.recorded.push(recorded)
    // A copy is folded by folding its stream again, from before either of the two.
    stream.earliest = earlier(stream.earliest, touches)
    if (aheadMillis !== undefined) options.ahead(recorded.position, aheadMillis)
    if (hlcMillis(event.hlc) <= now() + mostAhead) options.observe(event.hlc)
    if (!event.imported)
      jumps.note({ chainId: chain.id, position: recorded.position, at: event.occurredAt }, chain.at)
    chains.set(index, {
      ...chain,
      seq: event.replicaSeq,
      hash: event.hash,
      hlc: event.hlc,
      at: event.imported ? chain.at : event.occurredAt,
    })
  }
  writeEnds()
  for (const { ref, recorded, earliest } of streams.values()) options.afterStream(ref, recorded, earliest)
  const skipped = known.length
  return { appended: arrivals.events.length - skipped, skipped, madeWhole: options.makeWhole(known) }
}

const earlier = (a: EventOrder, b: EventOrder): EventOrder => (totalOrder(a, b) <= 0 ? a : b)
