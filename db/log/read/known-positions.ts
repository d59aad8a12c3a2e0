import { z } from 'zod'
import type { ChainReader } from './chain-reader.ts'

/** A place of a chain that this computer or the server saw, and the hash that was there. */
export const knownPlace = z.object({
  chain: z.string().regex(/^[0-9a-f-]{36}$/),
  seq: z.int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
})
export type KnownPlace = z.infer<typeof knownPlace>

/** A chain that is not what it was seen to be. */
export type ForgottenEnd = {
  readonly chain: string
  /** How many events of it were seen that are not here; 0 where all places are there, and another event at the one that was seen. */
  readonly missing: number
}

/**
 * Holds chains against what was seen of them: the end of a history may be cut off together with the note of where it ended, and nothing in the file tells of
 * it. A chain that goes on under a fork's name is looked for there.
 */
export function forgottenEnds(chains: ChainReader, known: readonly KnownPlace[]): readonly ForgottenEnd[] {
  const ends = chains.ends()
  return known.flatMap(({ chain, seq, hash }): ForgottenEnd[] => {
    if (seq === 0) return []
    const named = ends.find((end) => end.chain === chain)
    const alike = ends.filter((end) => end.chain === chain || end.replicaId === (named?.replicaId ?? chain))
    if (alike.some((end) => chains.hashAt(end.chain, seq) === hash)) return []
    const longest = alike.reduce((most, end) => Math.max(most, end.seq), 0)
    return [{ chain, missing: Math.max(0, seq - longest) }]
  })
}
