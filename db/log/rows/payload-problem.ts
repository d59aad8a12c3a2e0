import type { EventRegistry } from '#core/event-registry.ts'
import {
  isTooDeep,
  jsonDepth,
  jsonObject,
  mostPayloadDepth,
  mostUnknownDepth,
} from '#core/values/json-depth.ts'
import { plainMetadata } from './hash-chain.ts'

/** Canonical JSON as it is stored, and what it is a payload of. */
type StoredPayload = Parameters<EventRegistry['knows']>[0] & {
  readonly data?: string | undefined
  readonly metadata?: string | undefined
}

/** What of a payload no server lets through, whatever it knows; `undefined` where it may be kept. */
export function payloadProblem(
  { data, metadata, ...kind }: StoredPayload,
  registry: EventRegistry,
): string | undefined {
  if (data === undefined) return undefined
  if (isTooDeep(data) || isTooDeep(metadata ?? '')) return `is nested more than ${mostPayloadDepth} deep`
  if (!jsonObject(data) || !jsonObject(metadata ?? plainMetadata)) return 'is no JSON object'
  const deepest = Math.max(jsonDepth(data), jsonDepth(metadata ?? ''))
  if (!registry.knows(kind) && deepest > mostUnknownDepth)
    return `is nested ${deepest} deep, and nobody here knows what it is`
  return undefined
}
