import { z } from 'zod'
import { wireHash, wireId, wireSeq } from './wire-values.ts'

/** `POST /v1/workspaces/{id}/digests`: what the calling device's state comes to when it has everything up to `seq` and nothing more. */
export const digestReport = z.strictObject({
  /** What the copy is called here: the id of its device, which the caller has to be. */
  chain: wireId,
  seq: wireSeq,
  digest: wireHash,
  events: z.int().nonnegative().max(2_147_483_647),
  /** What the state was folded with: only digests of one fold say anything about each other. Absent: as the first release folds. */
  fold: z.string().min(1).max(100).optional(),
})
export type DigestReport = z.infer<typeof digestReport>
export type DigestReports = {
  /** The last of each replica, this one's too. `evidence`: its trail is there to be compared. */
  readonly reports: readonly (DigestReport & {
    readonly device: string
    readonly member: string
    readonly at: number
    readonly evidence: boolean
  })[]
}
/**
 * `PUT` and `GET /v1/workspaces/{id}/evidence/{chain}`: after a disagreement, each event in total order with the digest of its stream's state
 * after it, so that the first that differs can be named. Opaque to the server; at most 32 MiB.
 */
export const mostEvidenceBytes = 32 * 1_048_576
