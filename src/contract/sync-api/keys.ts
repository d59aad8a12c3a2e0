import { z } from 'zod'
import { base64Of, wireId } from './wire-values.ts'

/** `GET /v1/workspaces/{id}/keys`: what opens the workspace key for this device. */
export type Keys = {
  readonly key: number
  /** The newest key, sealed for this device's public key; `null` where nobody has done that yet. */
  readonly box: string | null
  /** Each earlier key, sealed with the one after it. */
  readonly ladder: readonly { readonly key: number; readonly sealed: string }[]
}
/** The highest number of a workspace key: both sides refuse what is beyond. */
export const mostWorkspaceKeys = 10_000
/** Of a workspace key. */
export const workspaceKeyBytes = 32
/** Of a rung: a nonce, the key before, and the seal over it. */
const rungBytes = 24 + workspaceKeyBytes + 16
/** Of a box: the key of whoever sealed it, the seal, and the workspace key. */
const keyBoxBytes = 32 + 16 + workspaceKeyBytes
/** `POST /v1/workspaces/{id}/keys`: begins encryption (key 1, before the first event) or the next key; owners only. */
export const newKey = z.strictObject({
  key: z.int().positive().max(mostWorkspaceKeys),
  /** The key before, sealed with this one; absent for the first. */
  sealedBefore: base64Of(rungBytes).optional(),
  boxes: z.array(z.strictObject({ deviceId: wireId, box: base64Of(keyBoxBytes) })).max(20_000),
})
export type NewKey = z.infer<typeof newKey>
