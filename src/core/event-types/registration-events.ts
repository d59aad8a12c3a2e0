import { z } from 'zod'
import { eventName } from '../events/event.ts'
import { type EventType, event } from '../events/event-type.ts'
import { line } from '../text/text.ts'
import { addedProperties, dataSchema } from './event-type-schema.ts'

const name = z.string().regex(eventName)

/** Somebody gave the workspace a type of event: how its data look, and the sentence that tells of one. */
export const eventTypeRegistered = event(
  'event_type_registered',
  1,
  z.object({ name, sentence: line, schema: dataSchema }),
)
/** Its data may have more from now on; `properties` is what was added alone, so that two who add apart do not undo each other. */
export const eventTypeExtended = event(
  'event_type_extended',
  1,
  z.object({ name, properties: addedProperties }),
)
/** No more of it are recorded; those that are there stay. */
export const eventTypeRetired = event('event_type_retired', 1, z.object({ name }))

export const registrationEventTypes = [eventTypeRegistered, eventTypeExtended, eventTypeRetired] as const

type Of<T> =
  T extends EventType<infer Name, infer Data> ? { readonly type: Name; readonly data: Data } : never
/** What can happen to a type of event that somebody registered. */
export type RegistrationChange = Of<(typeof registrationEventTypes)[number]>
