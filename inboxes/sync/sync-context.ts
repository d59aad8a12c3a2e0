import type { SyncView } from '#contract/answers/sync-answers.ts'
import type { ChainReader } from '#db/log/read/chain-reader.ts'
import type { StreamIds } from '#db/log/rows/stream-ids.ts'
import type { ReadDatabase } from '#db/sqlite/open-database.ts'
import type { InboxRow } from '../store/deliveries/delivery-rows.ts'
import type { InboxDatabase } from '../store/open-store.ts'
import type { SyncMemory } from '../store/sync-memory.ts'
import type { AgreementWatch } from './agreement/agreement.ts'
import type { Payloads } from './encryption/payloads.ts'
import type { SyncSettings } from './encryption/sync-settings.ts'
import type { NudgeListener } from './nudge-listener.ts'
import type { RoundDone } from './round/round-types.ts'
import type { SyncHost } from './round/sync-host.ts'
import type { WorkspaceClient } from './server/server-client.ts'

/** What sync is made with. */
export type SyncEngineOptions = {
  readonly database: ReadDatabase
  readonly streamIds: StreamIds
  readonly inboxDatabase: InboxDatabase
  readonly host: SyncHost
  /** The sync inbox's row, with its settings. */
  readonly row: () => InboxRow | undefined
  /** A secret of the sync inbox. */
  readonly secret: (field: string) => string | undefined
  readonly onView: (view: SyncView) => void
  /** The folder of the workspace, for what is to be reported after a disagreement. */
  readonly folder: string
  readonly now: () => number
  /** From 0 to 1: spreads what is tried again over time. */
  readonly random?: () => number
}

/** The server as it is set up now, and what rounds with it have found. */
export type ServerConnection = {
  readonly settings: SyncSettings
  readonly token: string
  readonly client: WorkspaceClient
  readonly payloads: Payloads
  readonly agreement: AgreementWatch
  readonly ended: AbortController
  readonly nudges: NudgeListener
  /** The last round's end, until something goes wrong. */
  last: RoundDone | undefined
  /** How far the server has each own chain, by its last word, also where the round then came to grief. */
  stored: ReadonlyMap<string, number> | undefined
  /** Something else than events may have changed on the server: the next round greets it. */
  greets: boolean
}

/** Where sync stands, as a person is shown it. */
export type SyncPhase = Pick<SyncView, 'state' | 'reason' | 'progress' | 'nextTryAt'>

/** Why a round is wanted: something may have changed, or somebody asked for it. */
export type RoundCause = 'change' | 'asked'

/** Sync while it runs. */
export type SyncContext = Omit<SyncEngineOptions, 'random'> & {
  readonly random: () => number
  readonly chains: ChainReader
  readonly memory: SyncMemory
  /** How many events are here whose payloads can't be read. */
  readonly unreadable: () => number
  /** Has a round made, unless one is under way, which is then followed by another. While paused only where somebody asked. */
  readonly requestRound: (cause: RoundCause) => void
  connection: ServerConnection | undefined
  phase: SyncPhase
  role: SyncView['role']
  clockAheadMillis: number | null
  underWay: Promise<void> | undefined
  /** What the round under way is followed by. */
  followUp: RoundCause | undefined
  timer: NodeJS.Timeout | undefined
  /** Rounds in a row that found the server away. */
  failed: number
}

/** Whether somebody paused sync. */
export const isPaused = ({ row }: Pick<SyncContext, 'row'>): boolean => row()?.paused === true
