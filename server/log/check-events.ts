import { mostAheadMillis } from '#contract/sync-api/protocol.ts'
import type { PushRequest } from '#contract/sync-api/push.ts'
import type { WireEvent } from '#contract/sync-api/wire-events.ts'
import { eventRegistry } from '#core/event-registry.ts'
import { hlcMillis, ticksPerMilli } from '#core/events/event-order.ts'
import {
  isTooDeep,
  jsonDepth,
  jsonObject,
  mostPayloadDepth,
  mostUnknownDepth,
} from '#core/values/json-depth.ts'
import { hashEvent, hashPayload, plainMetadata } from '#db/log/rows/hash-chain.ts'
import { ServerRefusal } from '../http/refusal.ts'

const registry = eventRegistry()
/** A clock past the year 2200 leaves too few whole numbers for whatever is recorded after it. */
const mostHlc = Date.UTC(2200, 0) * ticksPerMilli

function parsed(text: string, id: string): Record<string, unknown> {
  if (isTooDeep(text))
    throw new ServerRefusal(
      'invalid_event',
      `The payload of event ${id} is nested more than ${mostPayloadDepth} deep.`,
      { event: id },
    )
  const value = jsonObject(text)
  if (value) return value
  throw new ServerRefusal('invalid_event', `The payload of event ${id} is not a JSON object.`, { event: id })
}

/** The hash that covers an event's payload, however it travels. */
function payloadHashOf({ id, data, metadata, sealed, key, payloadHash }: WireEvent): string {
  if ((sealed === undefined) !== (key === undefined))
    throw new ServerRefusal('invalid_event', `Event ${id} is sealed without a key, or has one and is not.`, {
      event: id,
    })
  // Half a character hashes like another one, and no database takes it.
  if (!(data ?? '').isWellFormed() || !(metadata ?? '').isWellFormed())
    throw new ServerRefusal('invalid_event', `The payload of event ${id} has half a character.`, {
      event: id,
    })
  if (data !== undefined) {
    if (sealed !== undefined || payloadHash !== undefined)
      throw new ServerRefusal('invalid_event', `Event ${id} brings its payload in two forms.`, { event: id })
    return hashPayload(data, metadata ?? plainMetadata)
  }
  if (payloadHash === undefined || metadata !== undefined)
    throw new ServerRefusal('invalid_event', `Event ${id} has neither a payload nor its hash.`, { event: id })
  return payloadHash
}

/**
 * Holds what an event says against its type, where this server knows that; what only a newer Docket knows is stored for those who do, within bounds.
 * @param vouched whether a receipt shows that it was here before, when it may have been let in without its payload.
 */
function checkShape(event: WireEvent, encrypted: boolean, vouched: boolean): void {
  const { id, type, streamType, data, metadata, sealed, imported } = event
  const known = registry.knows(event)
  if (known && !registry.belongs(type, streamType))
    throw new ServerRefusal(
      'invalid_event',
      `Event ${id} is a "${type}", which can not happen to a ${streamType}.`,
      {
        event: id,
      },
    )
  if (sealed !== undefined && !encrypted)
    throw new ServerRefusal('not_encrypted', `Event ${id} is sealed, and this workspace is not encrypted.`, {
      event: id,
    })
  // Nothing can be erased yet, so that nobody has an event without its payload to bring but who was given one.
  if (data === undefined && sealed === undefined && !vouched)
    throw new ServerRefusal('invalid_event', `Event ${id} came without its payload.`, { event: id })
  if (data === undefined) return
  if (encrypted && type !== 'numbered')
    throw new ServerRefusal('invalid_event', `Event ${id} is not sealed, and this workspace is encrypted.`, {
      event: id,
    })
  const payload = parsed(data, id)
  if (!known && Math.max(jsonDepth(data), jsonDepth(metadata ?? '')) > mostUnknownDepth)
    throw new ServerRefusal(
      'invalid_event',
      `The payload of event ${id} is nested more than ${mostUnknownDepth} deep, and this server does not know its type.`,
      { event: id },
    )
  if (known && !registry.fits(event, payload))
    throw new ServerRefusal('invalid_event', `The payload of event ${id} is not of the shape of "${type}".`, {
      event: id,
    })
  // What came with another Docket's export says of itself what it said there.
  const { triggeredBy } = parsed(metadata ?? plainMetadata, id)
  if (triggeredBy === 'import' && imported !== true)
    throw new ServerRefusal(
      'invalid_event',
      `Event ${id} does not say alike in both places whether it was imported.`,
      {
        event: id,
      },
    )
}

/**
 * Holds a pushed piece of a chain against itself: places without a gap, every hash, every payload's shape. @returns by how much the furthest
 * event's clock is ahead, in milliseconds, where that is worth a flag, by event. @throws ServerRefusal
 */
export function checkEvents(
  { replicaId, after, prevHash, events }: PushRequest,
  {
    encrypted,
    vouched,
    now,
  }: { readonly encrypted: boolean; readonly vouched: boolean; readonly now: number },
): ReadonlyMap<string, number> {
  let before = prevHash
  let place = after
  const ahead = new Map<string, number>()
  for (const event of events) {
    place += 1
    const { id, actorId, hlc, occurredAt, replicaSeq, schemaVersion, streamId, streamType, type } = event
    if (replicaSeq !== place)
      throw new ServerRefusal(
        'chain_gap',
        `Event ${id} is number ${replicaSeq} of its replica and came after ${place - 1}.`,
        {
          seq: after,
          hash: prevHash,
        },
      )
    if (hlc > mostHlc)
      throw new ServerRefusal(
        'invalid_event',
        `The clock that recorded event ${id} is past the year 2200: put that machine’s clock right.`,
        { event: id },
      )
    const header = {
      actorId,
      hlc,
      id,
      occurredAt,
      replicaId,
      replicaSeq,
      schemaVersion,
      streamId,
      streamType,
      type,
    }
    if (hashEvent(header, payloadHashOf(event), before) !== event.hash)
      throw new ServerRefusal('forged_hash', `The hash of event ${id} does not match its content.`, {
        event: id,
      })
    checkShape(event, encrypted, vouched)
    before = event.hash
    // Whose clock is right and who answers what a fast one recorded comes after it in the order, and is not ahead for that.
    const clock = event.imported ? hlcMillis(hlc) : Math.min(hlcMillis(hlc), occurredAt)
    const millis = clock - now
    if (millis > mostAheadMillis) ahead.set(id, Math.floor(millis))
  }
  return ahead
}
