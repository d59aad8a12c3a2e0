import { z } from 'zod'
import { eventTypeCommand, type RecordCommand, recordCommand } from '#core/event-types/event-type-commands.ts'
import type { EventMetadata } from '#core/events/event.ts'
import { depthOf } from '#core/rules/occasion.ts'
import { mostDepth } from '#core/rules/run-limits.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import {
  type Delivery,
  type DeliveryContext,
  delivered,
  giveUp,
  type Outcome,
  retry,
} from '../contract/inbox.ts'
import { isPassing } from '../shared/passing-refusals.ts'

const registration = eventTypeCommand.options[0].omit({ type: true })
const recording = z.strictObject({
  type: recordCommand.shape.eventType,
  data: recordCommand.shape.data.default({}),
  /** In milliseconds. */
  throttle: recordCommand.shape.throttle,
})

/** What a user inbox may have recorded beside its answer: types of events that it registers, and events of such types on the issue that it was told of. */
export const ownRecordings = z.object({
  register: z.array(registration).max(10).default([]),
  record: z.array(recording).max(20).default([]),
})
export type OwnRecordings = z.infer<typeof ownRecordings>

/** Has all of it recorded, each once however often the delivery is made. What is refused is left out and said. @param name of the inbox */
export async function recordFor(
  name: string,
  { key, event }: Pick<Delivery, 'key' | 'event'>,
  { register, record }: OwnRecordings,
  detail: string | undefined,
  { host }: Pick<DeliveryContext, 'host'>,
): Promise<Outcome> {
  if (register.length + record.length === 0) return delivered(detail)
  if (depthOf(event) >= mostDepth)
    return giveUp(
      `${mostDepth} changes in a row were made by rules and inboxes already. Look whether ${name} sets itself off.`,
    )
  const metadata: EventMetadata = {
    triggeredBy: 'automation',
    ruleName: name,
    depth: depthOf(event) + 1,
    causationId: event.id,
    correlationId: event.metadata.correlationId ?? event.id,
  }
  const issueId = event.streamId as string as RecordCommand['issueId']
  const commands = [
    ...register.map((wish) => ({ type: 'register_event_type' as const, ...wish })),
    ...record.map(({ type: eventType, data, throttle }) => ({
      type: 'record' as const,
      issueId,
      eventType,
      data,
      ...(throttle === undefined ? {} : { throttle }),
    })),
  ]
  const left: string[] = []
  for (const [index, command] of commands.entries()) {
    if (command.type === 'record' && event.streamType !== 'issue') {
      left.push('There is no issue to record it on.')
      continue
    }
    const eventIds = [deriveId('own', key, String(index))]
    const result = await host.execute({ command, metadata, eventIds })
    if (result.ok) continue
    if (isPassing(result.error)) return retry(result.error.message)
    left.push(result.error.message)
  }
  const rest = left.length > 0 ? `Left out: ${left.join(' ')}` : ''
  return delivered([detail, rest].filter(Boolean).join('. ') || undefined)
}
