import type { Refusal, RefusalCode } from '#core/values/refusal.ts'

/** A refusal or failure of the host, thrown so that TanStack Query treats it as one. `message` is a sentence for people. */
export class CallError extends Error {
  override readonly name = 'CallError'
  readonly code: RefusalCode
  /** What else the host said, such as `at: { start, end }` of an `invalid_query`. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(refusal: Refusal) {
    super(refusal.message)
    this.code = refusal.code
    this.details = refusal.details ?? {}
  }
}

/** The sentence to show for anything that was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
