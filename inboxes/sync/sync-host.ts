import type { ChainFork } from '#db/chain-book.ts'
import type { Arrivals } from '#db/receive-events.ts'
import type { Answer } from './round.ts'

/** What sync asks of the process that owns the log. */
export type SyncHost = {
  receive(arrivals: Arrivals): Promise<Answer<{ readonly appended: number }>>
  forkChain(fork: ChainFork): Promise<Answer<null>>
  /** Keeps a secret of the sync inbox, sealed. */
  keepSecret(field: string, value: string): Promise<Answer<null>>
}
