import type { CallName, CallOutput, CallRequest } from '#contract/calls.ts'
import type { Result } from '#core/values/refusal.ts'

/** A function for each call of the contract. */
export type CallHandlers = {
  readonly [Name in CallName]: (input: CallRequest<Name>) => Promise<Result<CallOutput<Name>>>
}
