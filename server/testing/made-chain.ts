import canonicalize from 'canonicalize'
import { v7 as uuidv7 } from 'uuid'
import type { PushRequest } from '#contract/sync-api/push.ts'
import type { WireEvent } from '#contract/sync-api/wire-events.ts'
import { ticksPerMilli } from '#core/events/event-order.ts'
import { genesis, hashEvent, hashPayload, plainMetadata } from '#db/log/rows/hash-chain.ts'

/** What an event is made of; the rest is filled in. `text`: its data as it is, canonical or not. */
export type Making = Partial<WireEvent> & {
  readonly payload?: unknown
  readonly about?: unknown
  readonly text?: string
}

/** A replica's chain, made by hand: every event follows the one before, with hashes that fit. */
export type MadeChain = {
  readonly replicaId: string
  /** Adds an event; `payload` and `about` are data and metadata as values. */
  add(making?: Making): WireEvent
  /** The part after a place, as it is pushed. */
  after(seq: number): PushRequest
}

/** @param actorId who does it, where nothing else is said. */
export function madeChain(actorId: string, replicaId: string = uuidv7()): MadeChain {
  const events: WireEvent[] = []
  return {
    replicaId,
    add({ payload, about, text, ...given } = {}) {
      const said = payload ?? { title: `Issue ${events.length + 1}`, status: 'open' }
      const data = text ?? (canonicalize(said) as string)
      const metadata = about === undefined ? undefined : (canonicalize(about) as string)
      const header = {
        id: uuidv7(),
        streamType: 'issue' as const,
        streamId: uuidv7(),
        type: 'created',
        schemaVersion: 3,
        actorId,
        replicaSeq: events.length + 1,
        hlc: Date.now() * ticksPerMilli + events.length,
        occurredAt: Date.now(),
        ...given,
      }
      const before = events.at(-1)?.hash ?? genesis
      const hash = hashEvent(
        { ...header, replicaId },
        header.payloadHash ?? hashPayload(data, metadata ?? plainMetadata),
        before,
      )
      const event: WireEvent = {
        hash,
        ...(header.payloadHash === undefined ? { data } : {}),
        ...(metadata === undefined ? {} : { metadata }),
        ...header,
      }
      events.push(event)
      return event
    },
    after: (seq) => ({
      chain: replicaId,
      replicaId,
      after: seq,
      prevHash: events[seq - 1]?.hash ?? genesis,
      events: events.slice(seq),
    }),
  }
}
