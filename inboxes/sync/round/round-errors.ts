import type { Answer, Trouble } from './sync-round.ts'

/** A trouble that ends the round. */
export class Halt extends Error {
  readonly trouble: Trouble
  constructor(of: Trouble) {
    super(of.message)
    this.trouble = of
  }
}

/** The server is not as it was when it was greeted: the round begins again. */
export class Restart extends Error {
  /** What is wrong where beginning again does not help. */
  readonly trouble: Trouble | undefined
  constructor(trouble?: Trouble) {
    super(trouble?.message)
    this.trouble = trouble
  }
}

/** The value, or the end of the round. */
export function take<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Halt(answer)
  return answer.value
}
