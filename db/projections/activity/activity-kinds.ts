import { activityKinds } from '#core/events/facts/event-facts.ts'
import { activityOf } from '#core/events/shipped-facts.ts'

/** The number in `activity.kind` of an event, or `undefined` for one that the history strip leaves out. */
export function activityKind(type: string, triggeredBy: string): number | undefined {
  const kind = activityOf(type, triggeredBy)
  return kind === null ? undefined : activityKinds.indexOf(kind)
}

export const hourMillis = 3_600_000
