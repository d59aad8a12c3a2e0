import type { Result } from '#core/refusal.ts'
import type { CallInput, CallName, CallOutput } from './calls.ts'
import type { HostMessage } from './views.ts'

/**
 * `window.docket`: the one bridge between the window and whichever host it runs in. Nothing is thrown across it: a refusal or a
 * failure comes back as a value.
 */
export type DocketApi = {
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>>>
  /** @returns a function that ends the subscription. */
  onMessage(listener: (message: HostMessage) => void): () => void
  /** Whether the host answers; a desktop host always does. @returns a function that ends the subscription. */
  onConnection(listener: (state: 'connected' | 'disconnected') => void): () => void
}
