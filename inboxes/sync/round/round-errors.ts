import type { RoundRefusal, RoundResult } from './round-types.ts'

/** A trouble that ends the round. */
export class RoundFailed extends Error {
  readonly trouble: RoundRefusal
  constructor(of: RoundRefusal) {
    super(of.message)
    this.trouble = of
  }
}

/** The server is not as it was when it was greeted: the round begins again. */
export class RestartRound extends Error {
  /** What is wrong where beginning again does not help. */
  readonly trouble: RoundRefusal | undefined
  constructor(trouble?: RoundRefusal) {
    super(trouble?.message)
    this.trouble = trouble
  }
}

/** The value, or the end of the round. */
export function unwrap<T>(answer: RoundResult<T>): T {
  if (!answer.ok) throw new RoundFailed(answer)
  return answer.value
}
