import type { Hello, HelloRequest } from '#contract/sync-api/hello.ts'
import type { PulledPage } from '#contract/sync-api/pull.ts'
import type { Pushed, PushRequest } from '#contract/sync-api/push.ts'
import type { ServerCursor, WireEvent } from '#contract/sync-api/wire-events.ts'
import type { Refusal, RemoteCode, Result } from '#core/values/refusal.ts'
import type { ChainReader } from '#db/log/read/chain-reader.ts'
import type { Arrivals } from '#db/log/receive-events.ts'
import type { ChainFork } from '#db/log/rows/chain-store.ts'
import type { RoundMemory } from '../../store/sync-memory.ts'

/** What a round asks of the server. */
export type RoundServer = {
  hello(request: HelloRequest): Promise<Result<Hello, RemoteCode>>
  push(request: {
    readonly chain: string
    readonly replicaId: string
    readonly fork?: { readonly chain: string; readonly seq: number }
    readonly after: number
    readonly prevHash: string
    readonly events: readonly WireEvent[]
    readonly receipt?: PushRequest['receipt']
  }): Promise<Result<Pushed, RemoteCode>>
  pull(query: {
    readonly after: number
    readonly mark: string
    readonly limit: number
    readonly bytes: number
    readonly except?: string
  }): Promise<Result<PulledPage, RemoteCode>>
  chainPlace(chain: string, seq: number): Promise<Result<{ readonly hash: string }, RemoteCode>>
}

export type RoundOptions = {
  readonly server: RoundServer
  readonly chains: ChainReader
  readonly memory: RoundMemory
  /** Has the host take in what arrived. */
  readonly receive: (arrivals: Arrivals) => Promise<Result<{ readonly appended: number }, RemoteCode>>
  /** Has the host give a chain's end after a shared place a key of its own, and where the chain is this copy's, go on under a new replica id. */
  readonly forkChain: (fork: ChainFork) => Promise<Result<unknown, RemoteCode>>
  /**
   * Seals and opens payloads; as they are where nothing is encrypted. What its author sealed so that nobody can read it opens without a payload,
   * with the payload's hash.
   */
  readonly seal: (event: WireEvent) => Result<WireEvent, RemoteCode>
  readonly open: (event: WireEvent) => Result<WireEvent, RemoteCode>
  /** Called after the greeting, with the workspace's name, the role and whether it is encrypted. A refusal ends the round. */
  readonly greeted?: (hello: Hello) => Promise<Result<null, RemoteCode>>
  /** What the last round ended with, where nothing went wrong since: then the greeting is spared, until the server is found to differ. */
  readonly last?: RoundDone | undefined
  /** Told how far the server has each own chain, by key, whenever it said so. */
  readonly onStored?: (stored: ReadonlyMap<string, number>) => void
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
  readonly aborted?: () => boolean
}

export type RoundDone = {
  readonly hello: Hello
  readonly cursor: ServerCursor
  readonly pushed: number
  readonly pulled: number
  /** The ends of the chains that the server has of ours, by key. */
  readonly stored: ReadonlyMap<string, number>
  /** The ends of every chain on the server, as far as this copy knows. */
  readonly serverEnds: ReadonlyMap<string, number>
  /** Others' events that this copy has and the server lost: they wait for the copies that wrote them. */
  readonly ahead: number
  /** Why own events are not taken, in the server's words; `null` where they are. */
  readonly notTaken: Refusal<RemoteCode> | null
  readonly clockAheadMillis: number | null
}
