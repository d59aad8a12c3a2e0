import type { Result } from '#core/values/refusal.ts'
import type { ChosenFile, HostMessage } from './answers/answers.ts'
import type { CallInput, CallName, CallOutput } from './calls.ts'

/** Files between a page and its host. */
export type FileTransfers = {
  /** Sends a file's bytes. @returns the token that `jobs.start` takes. */
  upload(file: Blob, name: string): Promise<Result<ChosenFile>>
  /** Has the browser save what a token of `files.download` stands for. */
  save(file: ChosenFile): void
}

/** What the window knows of its host: that it answers, that it doesn't, or that it was started again and asks for its new address. */
export type ConnectionState = 'connected' | 'disconnected' | 'not_let_in'

/**
 * `window.docket`: the one bridge between the window and whichever host it runs in. Nothing is thrown across it: a refusal or a
 * failure comes back as a value.
 */
export type DocketApi = {
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>>>
  /** @returns a function that ends the subscription. */
  onMessage(listener: (message: HostMessage) => void): () => void
  /** How files travel where the host has no dialogs of its own; `null` where it has. */
  readonly transfers: FileTransfers | null
  /** Whether the host answers; a desktop host always does. @returns a function that ends the subscription. */
  onConnection(listener: (state: ConnectionState) => void): () => void
}
