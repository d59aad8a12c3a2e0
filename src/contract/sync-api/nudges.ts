import { z } from 'zod'
import { wireSeq } from './wire-values.ts'

/** `GET /v1/workspaces/{id}/nudges`: server-sent events, `nudge` with this as its data whenever the workspace grew. */
export const nudge = z.strictObject({
  seq: wireSeq,
  /** Something other than events changed (a role, a key, who is here): greet again. */
  greet: z.literal(true).optional(),
})
export type Nudge = z.infer<typeof nudge>

/**
 * Another event of that stream, its last: the device has opened too many, and whoever hears this opens no other by itself. `?obeys=closed` says that
 * a client does so; of one that does not say it the newest stream is refused instead (429).
 */
export const closedStream = 'closed'
export type ClosedStream = { readonly code: 'too_many_streams' }
