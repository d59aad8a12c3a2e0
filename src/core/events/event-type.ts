import type { z } from 'zod'
import type { EventFacts } from './facts/event-facts.ts'
import type { Upcaster } from './facts/upcaster.ts'
import { isPastTense } from './past-tense.ts'
import { factsOf, type ShippedType } from './shipped-facts.ts'

/** A registered event type: its name, current schema version, payload schema, the way up from older payloads, and what is true of all its events. */
export type EventType<Name extends string = string, Data = unknown> = {
  readonly name: Name
  readonly version: number
  readonly schema: z.ZodType<Data>
  /** `upcasters[n]` lifts version n + 1 to n + 2; there is exactly one for each version before the current. */
  readonly upcasters: readonly Upcaster[]
  readonly facts: EventFacts
}

/**
 * Declares an event type that Docket ships; the facts about it stand in `events/`. A shipped shape is never edited: raise `version` and add the upcaster.
 * @throws as `customEvent` does.
 */
export function event<Name extends ShippedType, Data>(
  name: Name,
  version: number,
  schema: z.ZodType<Data>,
  upcasters: readonly Upcaster[] = [],
): EventType<Name, Data> {
  return customEvent(name, version, schema, upcasters)
}

/**
 * Declares an event type of somebody's own.
 * @throws Error when the name is not past tense snake_case, or the upcasters do not reach the version.
 */
export function customEvent<Name extends string, Data>(
  name: Name,
  version: number,
  schema: z.ZodType<Data>,
  upcasters: readonly Upcaster[] = [],
): EventType<Name, Data> {
  if (!isPastTense(name))
    throw new Error(`event type "${name}" must be snake_case and past tense, like "status_changed"`)
  if (upcasters.length !== version - 1)
    throw new Error(
      `event type "${name}" version ${version} needs ${version - 1} upcasters and has ${upcasters.length}`,
    )
  return { name, version, schema, upcasters, facts: factsOf(name) }
}

/** Lifts a stored payload to the current version. Same input, same output, on every replica. */
export function upcast(
  type: EventType,
  storedVersion: number,
  data: Record<string, unknown>,
): Record<string, unknown> {
  let lifted = data
  for (let version = storedVersion; version < type.version; version++) {
    const step = type.upcasters[version - 1]
    if (step) lifted = step(lifted)
  }
  return lifted
}
