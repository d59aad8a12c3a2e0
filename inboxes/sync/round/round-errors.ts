import type { Refusal, RemoteCode, Result } from '#core/values/refusal.ts'

/** A refusal that ends the round. */
export class RoundFailed extends Error {
  readonly refusal: Refusal<RemoteCode>
  constructor(refusal: Refusal<RemoteCode>) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/** The server is not as it was when it was greeted: the round begins again. */
export class RestartRound extends Error {
  /** What is wrong where beginning again does not help. */
  readonly refusal: Refusal<RemoteCode> | undefined
  constructor(refusal?: Refusal<RemoteCode>) {
    super(refusal?.message)
    this.refusal = refusal
  }
}

/** The value, or the end of the round. */
export function unwrap<T>(result: Result<T, RemoteCode>): T {
  if (!result.ok) throw new RoundFailed(result.error)
  return result.value
}
