import type { RemoteCode, Result } from '#core/values/refusal.ts'
import type { Arrivals } from '#db/log/receive-events.ts'
import type { ChainFork } from '#db/log/rows/chain-store.ts'

/** What sync asks of the process that owns the log. */
export type SyncHost = {
  receive(arrivals: Arrivals): Promise<Result<{ readonly appended: number }, RemoteCode>>
  forkChain(fork: ChainFork): Promise<Result<null, RemoteCode>>
  /** Keeps a secret of the sync inbox, sealed. */
  keepSecret(field: string, value: string): Promise<Result<null, RemoteCode>>
}
