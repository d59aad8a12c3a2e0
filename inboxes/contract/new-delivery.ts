/** A delivery to be made, as the dispatcher writes it down. */
export type NewDelivery = {
  readonly inbox: string
  readonly target: string
  readonly streamId: string
  readonly eventId: string
  readonly position: number
  /** Its key, where that is not the one of (event, inbox, target): one more occasion for the same event. */
  readonly key?: string
  /** Milliseconds to gather others before the first attempt. */
  readonly gatherMillis?: number
  /** Why the inbox failed to evaluate the event, where it did: a dead letter from the start, which stands for the evaluation. */
  readonly dead?: string
}
