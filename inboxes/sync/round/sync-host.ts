import type { Arrivals } from '#db/log/receive-events.ts'
import type { ChainFork } from '#db/log/rows/chain-store.ts'
import type { ServerResult } from './sync-round.ts'

/** What sync asks of the process that owns the log. */
export type SyncHost = {
  receive(arrivals: Arrivals): Promise<ServerResult<{ readonly appended: number }>>
  forkChain(fork: ChainFork): Promise<ServerResult<null>>
  /** Keeps a secret of the sync inbox, sealed. */
  keepSecret(field: string, value: string): Promise<ServerResult<null>>
}
