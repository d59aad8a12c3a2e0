import type { RecordedEvent } from '#core/events/event.ts'
import type { Delivery } from '../contract/inbox.ts'

/** A UUID that is the same for the same number. */
export const idOf = (number: number): string =>
  `01900000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`

/** 2026-03-01T12:00:00Z: when test workspaces begin. */
export const testStart = Date.UTC(2026, 2, 1, 12)

/** The issue, people and replica that events are made for unless told otherwise. */
export const issueOne = idOf(0x1001)
export const ada = idOf(0xa1)
export const grace = idOf(0xa2)
export const replica = idOf(0xf1)

let made = 0

type Overrides = Partial<
  Pick<
    RecordedEvent,
    'streamType' | 'streamVersion' | 'actorId' | 'metadata' | 'occurredAt' | 'schemaVersion' | 'waiting'
  >
> & {
  readonly id?: string
  readonly streamId?: string
  readonly replicaId?: string
  readonly position?: number
}

/** An event as the log hands it to an inbox: by Ada on issue one, each a second after the last, unless told otherwise. */
export function makeEvent(type: string, data: unknown = {}, overrides: Overrides = {}): RecordedEvent {
  made += 1
  return {
    position: made,
    id: idOf(0xe0000 + made),
    streamType: 'issue',
    streamId: issueOne,
    streamVersion: made,
    type,
    schemaVersion: 1,
    actorId: ada,
    data,
    metadata: { triggeredBy: 'manual' },
    replicaId: replica,
    replicaSeq: made,
    hlc: (testStart + made * 1_000) * 1_024,
    occurredAt: testStart + made * 1_000,
    hash: made.toString(16).padStart(64, '0'),
    ...overrides,
  } as RecordedEvent
}

/** A delivery of an event, at its first attempt unless told otherwise. */
export function makeDelivery(
  event: RecordedEvent,
  target: string,
  overrides: Partial<Omit<Delivery, 'event' | 'target'>> = {},
): Delivery {
  return {
    key: idOf(0xd0000 + event.position),
    target,
    event,
    attempt: 1,
    createdAt: event.occurredAt,
    ...overrides,
  }
}
