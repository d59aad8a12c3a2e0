import type { HostMessage } from '#contract/answers/answers.ts'
import type { Result } from '#core/values/refusal.ts'

/** Where the window opens its WebSocket. */
export const socketPath = '/socket'

/** Where the window sends a file to be imported, as bytes; `?name=` is what the person calls it. Answers a `Result<ChosenFile>`. */
export const uploadPath = '/upload'
/** Where it fetches an export, by a token that works once. */
export const downloadPath = '/download/'

/** Largest frame that the host reads, in bytes: a body is at most 1 MiB, and JSON may escape it. */
export const maxFrameBytes = 4 * 1024 * 1024

/** One call from the window. `id` is the window's own, unique while the call is under way. */
export type ClientFrame = { readonly id: number; readonly name: string; readonly input: unknown }

/** What the host sends: the answer to a call, or a message of its own. */
export type HostFrame =
  | { readonly id: number; readonly result: Result<unknown> }
  | { readonly message: HostMessage }
