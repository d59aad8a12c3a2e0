import type { NoticeReason } from '#contract/answers/inbox-answers.ts'

/** Why an event is worth the attention of the member who sits at this replica. */
export type Notice = {
  /** The issue, or whatever else a change of theirs lost its effect on. */
  readonly streamId: string
  readonly eventId: string
  readonly position: number
  readonly reason: NoticeReason
  /** Milliseconds since 1970. */
  readonly occurredAt: number
  /** What a rule says of it, where that is something else than the event's own sentence. */
  readonly text?: string
}

/** Where the in-app inbox is kept. */
export type NoticeBook = {
  /** Writes a notice down; one that is there already stays as it is. */
  add(notice: Notice): void
}
