import type { SyncView } from '#contract/answers/sync-answers.ts'
import { chainReader } from '#db/log/read/chain-reader.ts'
import { unreadableCount } from '#db/queries/unreadable-count.ts'
import { syncMemory } from '../store/sync-memory.ts'
import { makeRound } from './make-round.ts'
import { connectServer, disconnectServer } from './server-connection.ts'
import { isPaused, type RoundCause, type SyncContext, type SyncEngineOptions } from './sync-context.ts'
import { changePhase, configuredSync, quietPhase, syncView, unpushedEvents } from './sync-view.ts'

/** Sync on this replica: rounds whenever this log or the server's grows, for as long as the workspace has a server. */
export type SyncEngine = {
  /** Takes settings, pause and secrets over. */
  refresh(): void
  /** Begins a round where another process asked for one. */
  beginIfAsked(): void
  /** The log grew. */
  wake(): void
  /** A round at once, also while paused; ends with it. */
  now(): Promise<void>
  view(): SyncView
  stop(): Promise<void>
}

/** The engine over its context; it does nothing before `refresh`. */
export function syncEngine(options: SyncEngineOptions): SyncEngine {
  const sync = syncContext(options)
  const { memory } = sync
  return {
    refresh: () => refresh(sync),
    wake() {
      if (sync.connection && sync.phase.state === 'up_to_date' && unpushedEvents(sync) > 0)
        sync.requestRound('change')
      else if (sync.underWay) sync.followUp ??= 'change'
    },
    beginIfAsked() {
      const asked = memory.askedAt()
      if (!sync.connection || asked === null || asked <= (memory.answeredAt() ?? 0)) return
      sync.requestRound('asked')
    },
    async now() {
      refresh(sync)
      if (!sync.connection) return
      sync.requestRound('asked')
      while (sync.underWay) await sync.underWay
    },
    view: () => syncView(sync),
    async stop() {
      disconnectServer(sync)
      await sync.underWay
    },
  }
}

function syncContext(options: SyncEngineOptions): SyncContext {
  const { database, streamIds } = options
  const sync: SyncContext = {
    ...options,
    random: options.random ?? Math.random,
    chains: chainReader(database, streamIds),
    memory: syncMemory(options.inboxDatabase),
    unreadable: unreadableCount(database, streamIds),
    requestRound: (cause) => requestRound(sync, cause),
    connection: undefined,
    phase: quietPhase,
    role: null,
    clockAheadMillis: null,
    underWay: undefined,
    followUp: undefined,
    timer: undefined,
    failed: 0,
  }
  return sync
}

function refresh(sync: SyncContext): void {
  const settings = configuredSync(sync)
  const token = sync.secret('token')
  if (!settings || !token) {
    disconnectServer(sync)
    sync.role = null
    if (sync.phase.state !== 'off') changePhase(sync, { state: 'off' })
    return
  }
  const { connection } = sync
  const same = connection?.token === token && JSON.stringify(connection.settings) === JSON.stringify(settings)
  if (!same) {
    disconnectServer(sync)
    sync.connection = connectServer(sync, settings, token)
  }
  if (isPaused(sync)) {
    clearTimeout(sync.timer)
    sync.connection?.nudges.stop()
    if (sync.phase.state !== 'paused') changePhase(sync, { state: 'paused' })
  } else if (!same || sync.phase.state === 'paused') {
    changePhase(sync, { state: 'connecting' })
    sync.requestRound('change')
  }
}

function requestRound(sync: SyncContext, cause: RoundCause): void {
  const { connection } = sync
  if (!connection || (cause === 'change' && isPaused(sync))) return
  if (cause === 'asked') connection.nudges.reopen()
  if (sync.underWay) {
    sync.followUp = sync.followUp === 'asked' ? 'asked' : cause
    return
  }
  clearTimeout(sync.timer)
  sync.underWay = makeRound(sync, connection, cause === 'asked').finally(() => {
    sync.underWay = undefined
    const next = sync.followUp
    sync.followUp = undefined
    if (next) sync.requestRound(next)
  })
}
