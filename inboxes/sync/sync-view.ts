import type { SyncView } from '#contract/answers/sync-answers.ts'
import { writtenHere } from '#db/log/read/chain-reader.ts'
import { type SyncSettings, syncSettings } from './encryption/sync-settings.ts'
import type { SyncContext, SyncPhase } from './sync-context.ts'

/** The phase of a workspace without a server, and what a change of phase does not name. */
export const quietPhase: SyncPhase = { state: 'off', reason: null, progress: null, nextTryAt: null }

/** The settings of the sync inbox; `undefined` where the workspace has no server or left it. */
export function configuredSync({ row }: Pick<SyncContext, 'row'>): SyncSettings | undefined {
  const found = row()
  const settings = found?.enabled ? syncSettings.safeParse(found.settings).data : undefined
  return settings?.url ? settings : undefined
}

/** Own events that the server does not have, as far as it said what it has. */
export function eventsNotOnServer({ connection, chains }: SyncContext): number {
  const stored = connection?.stored
  if (!stored) return 0
  return chains
    .ends()
    .filter((end) => end.ours)
    .reduce((sum, end) => sum + Math.max(0, end.seq - (stored.get(end.chain) ?? 0)), 0)
}

/** Own events that the next round would push. */
export const unpushedEvents = (sync: SyncContext): number =>
  sync.connection?.last?.notTaken ? 0 : eventsNotOnServer(sync)

function notTaken(sync: SyncContext): SyncView['notTaken'] {
  const refusal = sync.connection?.last?.notTaken
  const events = refusal ? eventsNotOnServer(sync) : 0
  return refusal && events > 0 ? { events, because: sync.role === 'reader' ? null : refusal.message } : null
}

/** Where sync stands now, as a person is shown it. */
export function syncView(sync: SyncContext): SyncView {
  const { connection, phase, role } = sync
  const settings = configuredSync(sync)
  return {
    ...phase,
    server: settings?.url ?? null,
    workspace: settings?.name ?? null,
    role,
    device: settings?.device ?? null,
    encrypted: settings?.encrypted ?? false,
    unpushed: unpushedEvents(sync),
    notTaken: notTaken(sync),
    ahead: connection?.last?.ahead ?? 0,
    unreadable: sync.unreadable(),
    lastSyncedAt: sync.memory.lastSyncedAt(),
    polling: phase.state === 'up_to_date' && connection?.nudges.polling === true,
    agreement: connection?.agreement.view() ?? {
      state: 'unknown',
      digest: null,
      replicas: 0,
      difference: null,
    },
    clockAheadMillis: sync.clockAheadMillis,
  }
}

/** Tells whoever watches where sync stands, and keeps it for those who have no worker. */
export function publishView(sync: SyncContext): void {
  const view = syncView(sync)
  sync.onView(view)
  // What is under way is over before anybody else asks.
  if (view.state !== 'syncing' && view.state !== 'connecting')
    sync.memory.keepView(view, writtenHere(sync.chains))
}

/** A change of phase, told at once. */
export function changePhase(sync: SyncContext, change: Partial<SyncPhase>): void {
  sync.phase = { ...quietPhase, ...change, state: change.state ?? sync.phase.state }
  publishView(sync)
}
