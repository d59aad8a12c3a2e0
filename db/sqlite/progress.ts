/** Tells how far long work is. `total` is 0 where it is not known yet. */
export type OnProgress = (progress: {
  readonly done: number
  readonly total: number
  readonly unit: string
}) => void

/** Thrown out of long work that was asked to stop; what it had not committed is gone, what it had is kept. */
export class CancelledError extends Error {
  constructor() {
    super('cancelled')
    this.name = 'CancelledError'
  }
}

/** What long work is given. */
export type WorkOptions = {
  readonly onProgress?: OnProgress | undefined
  /** Asked often; true ends the work with a `CancelledError`. */
  readonly isCancelled?: (() => boolean) | undefined
}
