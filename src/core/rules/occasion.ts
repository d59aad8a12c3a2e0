import type { EventMetadata, RecordedEvent } from '../events/event.ts'
import { hlcMillis } from '../events/event-order.ts'
import type { KnownRule, RuleWhen } from './rule.ts'

const hourMillis = 3_600_000
const dayMillis = 24 * hourMillis

/** A reason for a rule to act on an issue. */
export type Occasion = {
  readonly rule: KnownRule
  readonly issueId: string
  /** The same on every replica: what is recorded for it gets its ids from this. */
  readonly key: string
  /** What happened; `null` where it was the clock. */
  readonly cause: RecordedEvent | null
}

/** The part of an event that says whether a rule waits for it. */
type Waited = Pick<RecordedEvent, 'type' | 'streamType' | 'metadata' | 'waiting'>

/** Whether an event is of a kind that a rule waits for, whatever the issue is like. Imported history is nobody's occasion. */
export function waitsFor(known: KnownRule, event: Waited): boolean {
  return isOfWhen(known.rule.when, event) && known.enabled && event.metadata.triggeredBy !== 'import'
}

/** Whether an event is of the types of a rule, be it imported or not. */
export function isOfWhen(when: RuleWhen, event: Waited): boolean {
  return (
    when.kind === 'event' && event.streamType === 'issue' && !event.waiting && when.types.includes(event.type)
  )
}

/** Whether an event was recorded before the rule was what it is. */
export const isBefore = (known: KnownRule, event: Pick<RecordedEvent, 'hlc'>): boolean =>
  hlcMillis(event.hlc) < known.since

/** How many rules in a row led to an event: 0 for what a person did. */
export function depthOf(event: Pick<RecordedEvent, 'metadata'> | null): number {
  const depth = event?.metadata.depth
  return typeof depth === 'number' && depth > 0 ? depth : 0
}

/** The day that many days after another, `2026-11-30`. */
export const shiftedDay = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMillis).toISOString().slice(0, 10)

/** What names the occasion of a time-based rule: it comes once for each due date, and once for each time that an issue was left alone. */
export function clockOccasion(
  when: RuleWhen,
  issue: { readonly id: string; readonly dueDate: string | null; readonly updatedAt: number },
): readonly string[] | undefined {
  if (when.kind === 'due_in') return issue.dueDate === null ? undefined : ['due', issue.id, issue.dueDate]
  return when.kind === 'idle' ? ['idle', issue.id, String(issue.updatedAt)] : undefined
}

/** What the log says of an issue's events beside its state: milliseconds by the hybrid clock, the same on every replica. */
export type Touched = {
  /** When the last event that touched it was recorded, and when the one that gave it its due date was. */
  readonly last: number
  readonly dated: number
}

/** From where on there is any day of that name on earth, in milliseconds: replicas sit in different places. */
const earliestOfDay = (day: string): number => Date.parse(`${day}T00:00:00Z`) - 14 * hourMillis

/** When an occasion came, at the earliest anywhere: what a person's answer covers goes by this, and is the same on every replica. */
export function cameAt(
  when: RuleWhen,
  issue: { readonly dueDate: string | null; readonly updatedAt: number },
  touched: Touched,
): number {
  if (when.kind === 'idle') return Math.max(issue.updatedAt, touched.last) + when.days * dayMillis
  if (when.kind !== 'due_in' || issue.dueDate === null) return Number.POSITIVE_INFINITY
  return Math.max(touched.dated, earliestOfDay(shiftedDay(issue.dueDate, -when.days)))
}

/** Whether the time of a time-based rule has come. @param since when the rule began: it catches up on what it missed from then on. */
export function isTime(
  when: RuleWhen,
  issue: { readonly dueDate: string | null; readonly updatedAt: number },
  days: { readonly now: number; readonly today: string; readonly sinceDay: string },
): boolean {
  if (when.kind === 'idle') return issue.updatedAt + when.days * dayMillis <= days.now
  if (when.kind !== 'due_in' || issue.dueDate === null) return false
  const first = shiftedDay(issue.dueDate, -when.days)
  // Days that passed before the rule was there are nobody's business any more.
  return first <= days.today && (issue.dueDate >= days.today || first > days.sinceDay)
}

/** Why a time-based rule acts, to be read after "because". */
export function clockReason(when: RuleWhen, issue: { readonly dueDate: string | null }): string {
  if (when.kind === 'due_in') return `it is due on ${issue.dueDate ?? 'a day'}`
  const days = when.kind === 'idle' ? when.days : 0
  return `nothing happened for ${days} day${days === 1 ? '' : 's'}`
}

/** What the events of a run are recorded with. */
export function runMetadata({ rule, cause }: Occasion, because: string): EventMetadata {
  return {
    triggeredBy: 'automation',
    rule: rule.id,
    ruleName: rule.rule.name,
    depth: depthOf(cause) + 1,
    ...(cause
      ? { causationId: cause.id, correlationId: cause.metadata.correlationId ?? cause.id }
      : { causationText: because }),
  }
}
