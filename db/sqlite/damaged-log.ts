/** What the log's file holds can not be what was written to it. */
export class DamagedLogError extends Error {}

/** An event's payload or metadata on disk can't even be read. `docket verify` names such an event, too. */
export class DamagedEventError extends DamagedLogError {
  readonly eventId: string
  readonly position: number
  constructor(eventId: string, position: number, cause: unknown) {
    super(`event ${eventId} at position ${position} can not be read`, { cause })
    this.eventId = eventId
    this.position = position
  }
}
