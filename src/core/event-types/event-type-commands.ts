import { z } from 'zod'
import { issueId } from '../values/ids.ts'

const eventTypeName = z.string().max(500)
/** What somebody wants of the types of events that the workspace has of its own. What a schema may say is for the decision to judge. */
export const eventTypeCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('register_event_type'),
    name: eventTypeName,
    sentence: z.string().max(5_000),
    schema: z.unknown(),
  }),
  z.strictObject({ type: z.literal('extend_event_type'), name: eventTypeName, schema: z.unknown() }),
  z.strictObject({ type: z.literal('retire_event_type'), name: eventTypeName }),
])
export type EventTypeCommand = z.infer<typeof eventTypeCommand>

const dayMillis = 86_400_000
/** Records an event of such a type on an issue; not again within `throttle` milliseconds by the same person. */
export const recordCommand = z.strictObject({
  type: z.literal('record'),
  issueId,
  eventType: eventTypeName,
  data: z.record(z.string(), z.unknown()),
  throttle: z
    .int()
    .min(0)
    .max(30 * dayMillis)
    .optional(),
})
export type RecordCommand = z.infer<typeof recordCommand>
