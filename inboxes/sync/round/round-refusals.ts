import type { Refusal, RemoteCode } from '#core/values/refusal.ts'

type Refused = { readonly ok: false; readonly error: Refusal<RemoteCode> }

/** A refusal that lasts until somebody does something. */
export const refused = (code: RemoteCode, message: string, details?: Refusal['details']): Refused => ({
  ok: false,
  error: { code, message, retryable: false, ...(details ? { details } : {}) },
})

/** A refusal that time alone may mend: the same is tried again. */
export const refusedForNow = (code: RemoteCode, message: string): Refused => ({
  ok: false,
  error: { code, message, retryable: true },
})
