import type { Arrivals } from '#db/log/receive-events.ts'
import type { ChainFork } from '#db/log/rows/chain-store.ts'
import type { RoundResult } from './round-types.ts'

/** What sync asks of the process that owns the log. */
export type SyncHost = {
  receive(arrivals: Arrivals): Promise<RoundResult<{ readonly appended: number }>>
  forkChain(fork: ChainFork): Promise<RoundResult<null>>
  /** Keeps a secret of the sync inbox, sealed. */
  keepSecret(field: string, value: string): Promise<RoundResult<null>>
}
