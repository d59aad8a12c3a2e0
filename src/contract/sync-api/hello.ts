import { z } from 'zod'
import type { ServerFeature } from './protocol.ts'
import type { Role } from './team.ts'
import { type ChainHead, chainHead, type ServerCursor, serverCursor, type WireChain } from './wire-events.ts'
import { wireHash } from './wire-values.ts'

/** `POST /v1/workspaces/{id}/hello`: what this copy has; asks what the server has. */
export const helloRequest = z.strictObject({
  chains: z.array(chainHead).max(10_000),
  cursor: serverCursor,
  /**
   * Of the chains of the server's own replicas that this copy has, by id, all but the newest: their number and what `hashEnds` makes of them. The
   * server begins such a chain with every start: where it has the very same, neither side lists them.
   */
  finished: z.strictObject({ count: z.int().positive().max(1_000_000), hash: wireHash }).optional(),
})
export type HelloRequest = z.infer<typeof helloRequest>
export type Hello = {
  readonly workspaceId: string
  readonly historyId: string
  readonly name: string
  readonly encrypted: boolean
  /** Number of the newest workspace key; 0 where nothing is encrypted. */
  readonly key: number
  /** Somebody who had the newest key is gone: any owner's copy begins the next one. */
  readonly needsKey: boolean
  readonly member: { readonly id: string; readonly role: Role }
  readonly deviceId: string
  /** The server's newest place. */
  readonly cursor: ServerCursor
  /** Whether the server still knows the place of the request; if not, it lost its tail and is pulled again from an earlier one. */
  readonly cursorKnown: boolean
  /** Every chain that the server has, with its end, but for those that `finished` counts. */
  readonly chains: readonly (WireChain & ChainHead)[]
  /**
   * Chains of the server's own replicas among `chains`. Their events' actor is the id derived from (`server`, workspace id), and any member
   * brings back the end of such a chain, or all of it, where the server lost it.
   */
  readonly serverChains: readonly string[]
  /** How many chains are left out because `finished` of the request says that the copy has them to the same ends. */
  readonly finished?: number | undefined
  /** What this server understands beyond its first release: {@link serverFeatures}, and what a newer one adds. Nothing where it does not say. */
  readonly understands: readonly string[]
}

/** Whether the server of that greeting understands a feature: only then is it sent what an older one would refuse. */
export const understands = (hello: Pick<Hello, 'understands'>, feature: ServerFeature): boolean =>
  hello.understands.includes(feature)
