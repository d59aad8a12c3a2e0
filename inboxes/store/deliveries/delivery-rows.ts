import { uuidText } from '#db/sqlite/uuid-bytes.ts'

/** What the delivery store knows of an inbox. */
export type InboxRow = {
  readonly name: string
  readonly position: number
  /** The hash that the log's event there had when it was read; `null` where that is not known. */
  readonly eventHash: Buffer | null
  readonly enabled: boolean
  readonly paused: boolean
  readonly settings: Readonly<Record<string, unknown>>
}

/** A delivery that waits for its turn. */
export type WaitingDelivery = {
  readonly id: number
  readonly target: string
  readonly streamId: string
  readonly eventId: string
  readonly position: number
  readonly key: string
  /** Attempts made so far. */
  readonly attempts: number
  readonly due: number
  readonly createdAt: number
  /** What those that are sent as one with it have in common; `null` before that was decided. */
  readonly batch: string | null
}

/** An event that an inbox has to evaluate again. */
export type WaitingEvaluation = Pick<WaitingDelivery, 'id' | 'target' | 'eventId' | 'attempts'>

/** How an attempt ended. */
export type AttemptEnd = {
  readonly id: number
  readonly inbox: string
  readonly target: string
  /** The attempt's number: 1 for the first. */
  readonly attempt: number
  readonly at: number
  readonly millis: number
} & (
  | { readonly outcome: 'done' | 'skip' | 'give_up'; readonly detail: string | null }
  /** It waits for somebody; no attempt is counted. */
  | { readonly outcome: 'hold'; readonly detail: string }
  /** Its target takes nothing before `due`; no attempt is counted. */
  | { readonly outcome: 'closed'; readonly detail: string; readonly due: number }
  /** `due`: when it is tried again; absent where it was the last attempt. */
  | { readonly outcome: 'retry'; readonly detail: string; readonly due: number | null }
)

/** An inbox's checkpoint on its way from one position of the log to another. */
export type CheckpointMove = {
  readonly name: string
  readonly from: number
  readonly to: number
  /** The hash of the log's event at `to`. */
  readonly eventHash: Buffer | null
}

type DeliveryRow = {
  id: number
  target: string
  stream: Buffer
  event_id: Buffer
  position: number
  key: Buffer
  attempts: number
  due: number
  created_at: number
  batch: Buffer | null
}

/** The columns that {@link waitingDelivery} reads. */
export const waitingColumns = 'id, target, stream, event_id, position, key, attempts, due, created_at, batch'

/** A row of deliveries as the runner works with it. */
export function waitingDelivery(row: unknown): WaitingDelivery {
  const { stream, event_id, created_at, key, batch, ...rest } = row as DeliveryRow
  return {
    ...rest,
    streamId: uuidText(stream),
    eventId: uuidText(event_id),
    key: uuidText(key),
    createdAt: created_at,
    batch: batch === null ? null : uuidText(batch),
  }
}
