import type { SyncView } from '#contract/answers/sync-answers.ts'
import type { Refusal, RemoteCode } from '#core/values/refusal.ts'
import { chainReader, writtenHere } from '#db/log/read/chain-reader.ts'
import type { StreamIds } from '#db/log/rows/stream-ids.ts'
import { unreadableCount } from '#db/queries/unreadable-count.ts'
import type { ReadDatabase } from '#db/sqlite/open-database.ts'
import { usualPace } from '../contract/inbox.ts'
import { backoff } from '../shared/backoff.ts'
import type { InboxRow } from '../store/deliveries/delivery-rows.ts'
import type { InboxDatabase } from '../store/open-store.ts'
import { syncMemory } from '../store/sync-memory.ts'
import { type AgreementWatch, agreementWatch } from './agreement/agreement.ts'
import { type Payloads, payloads } from './encryption/payloads.ts'
import { type SyncSettings, syncSettings } from './encryption/sync-settings.ts'
import { type NudgeListener, nudgeListener } from './nudge-listener.ts'
import { refusedForNow } from './round/round-refusals.ts'
import type { RoundDone } from './round/round-types.ts'
import type { SyncHost } from './round/sync-host.ts'
import { syncRound } from './round/sync-round.ts'
import { serverClient, type WorkspaceClient } from './server/server-client.ts'

/** Sync on this replica: rounds whenever this log or the server's grows, for as long as the workspace has a server. */
export type SyncEngine = {
  /** Takes settings, pause and secrets over. */
  refresh(): void
  /** Another process may have asked for a round. */
  look(): void
  /** The log grew. */
  wake(): void
  /** A round at once, also while paused; ends with it. */
  now(): Promise<void>
  view(): SyncView
  stop(): Promise<void>
}

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

type Live = {
  readonly settings: SyncSettings
  readonly token: string
  readonly client: WorkspaceClient
  readonly payloads: Payloads
  readonly agreement: AgreementWatch
  readonly ended: AbortController
  /** The last round's end, until something goes wrong. */
  last: RoundDone | undefined
  /** How far the server has each own chain, by its last word, also where the round then came to grief. */
  stored: ReadonlyMap<string, number> | undefined
  /** Something else than events may have changed on the server: the next round greets it. */
  greets: boolean
  readonly hearing: NudgeListener
}

type Phase = Pick<SyncView, 'state' | 'reason' | 'progress' | 'nextTryAt'>

const retries = { ...usualPace, firstBackoffMillis: 1_000, longestBackoffMillis: 60_000 }
/** A refusal may be over without a word: somebody's role was changed back, the app was updated. */
const refusedRetryMillis = 300_000
/** A round shorter than this many events is over before anybody could read that it is under way. */
const worthTelling = 20

const anotherWorkspace: Refusal<RemoteCode> = {
  code: 'wrong_workspace',
  message:
    'The server greeted with another workspace than this copy joined. Nothing was sent; ask whoever runs the server.',
}

const quiet: Phase = { state: 'off', reason: null, progress: null, nextTryAt: null }

export function syncEngine(options: SyncEngineOptions): SyncEngine {
  const { database, streamIds, inboxDatabase, host, now, random = Math.random } = options
  const chains = chainReader(database, streamIds)
  const memory = syncMemory(inboxDatabase)
  const unreadable = unreadableCount(database, streamIds)
  let live: Live | undefined
  let phase: Phase = quiet
  let role: SyncView['role'] = null
  let clockAheadMillis: number | null = null
  let under: Promise<void> | undefined
  /** What a round is to be followed by: another, or one that somebody asked for. */
  let again: 'usual' | 'asked' | undefined
  let timer: NodeJS.Timeout | undefined
  /** Rounds in a row that found the server away. */
  let failed = 0

  const configured = (): SyncSettings | undefined => {
    const row = options.row()
    const settings = row?.enabled ? syncSettings.safeParse(row.settings).data : undefined
    return settings?.url ? settings : undefined
  }

  const paused = (): boolean => options.row()?.paused === true

  /** Own events that the server does not have, as far as it said what it has. */
  function waiting(): number {
    const stored = live?.stored
    if (!stored) return 0
    return chains
      .ends()
      .filter((end) => end.ours)
      .reduce((sum, end) => sum + Math.max(0, end.seq - (stored.get(end.chain) ?? 0)), 0)
  }

  const unpushed = (): number => (live?.last?.notTaken ? 0 : waiting())

  function notTaken(): SyncView['notTaken'] {
    const trouble = live?.last?.notTaken
    const events = trouble ? waiting() : 0
    return trouble && events > 0 ? { events, because: role === 'reader' ? null : trouble.message } : null
  }

  function view(): SyncView {
    const settings = configured()
    return {
      ...phase,
      server: settings?.url ?? null,
      workspace: settings?.name ?? null,
      role,
      device: settings?.device ?? null,
      encrypted: settings?.encrypted ?? false,
      unpushed: unpushed(),
      notTaken: notTaken(),
      ahead: live?.last?.ahead ?? 0,
      unreadable: unreadable(),
      lastSyncedAt: memory.lastSyncedAt(),
      polling: phase.state === 'up_to_date' && live?.hearing.polling === true,
      agreement: live?.agreement.view() ?? { state: 'unknown', digest: null, replicas: 0, difference: null },
      clockAheadMillis,
    }
  }

  function publish(): void {
    const now = view()
    options.onView(now)
    // What is under way is over before anybody else asks.
    if (now.state !== 'syncing' && now.state !== 'connecting') memory.keepView(now, writtenHere(chains))
  }

  function tell(change: Partial<Phase>): void {
    phase = { ...quiet, ...change, state: change.state ?? phase.state }
    publish()
  }

  function end(): void {
    clearTimeout(timer)
    live?.ended.abort()
    live?.hearing.stop()
    live?.agreement.stop()
    void live?.client.close()
    live = undefined
  }

  function refresh(): void {
    const settings = configured()
    const token = options.secret('token')
    if (!settings || !token) {
      end()
      role = null
      if (phase.state !== 'off') tell({ state: 'off' })
      return
    }
    const same = live?.token === token && JSON.stringify(live.settings) === JSON.stringify(settings)
    if (!same) {
      end()
      begin(settings, token)
    }
    if (paused()) {
      clearTimeout(timer)
      live?.hearing.stop()
      if (phase.state !== 'paused') tell({ state: 'paused' })
    } else if (!same || phase.state === 'paused') {
      tell({ state: 'connecting' })
      kick()
    }
  }

  function begin(settings: SyncSettings, token: string): void {
    const server = serverClient({
      url: settings.url,
      token,
      ...(settings.ca ? { ca: settings.ca } : {}),
    })
    const client = server.workspace(settings.workspaceId)
    const begun: Live = {
      settings,
      token,
      client,
      payloads: payloads({
        encrypted: settings.encrypted,
        client,
        secret: options.secret,
        host,
        passedOver: settings.passedOver,
      }),
      agreement: agreementWatch({
        database,
        client,
        deviceId: settings.deviceId,
        folder: options.folder,
        now,
        onChange: publish,
      }),
      ended: new AbortController(),
      last: undefined,
      stored: undefined,
      greets: true,
      hearing: nudgeListener({
        nudges: client.nudges,
        // What came between the round and this was nobody's nudge.
        onOpen() {
          begun.greets = true
          kick()
        },
        onNudge: ({ seq, greet }) => {
          if (greet) begun.greets = true
          if (greet || seq > memory.cursor().seq) kick()
        },
        onOver() {
          begun.last = undefined
          if (live === begun) kick()
        },
        now,
        random,
      }),
    }
    live = begun
  }

  /** Something may have to be done: a round, unless one is under way, which is then followed by another. While paused only where somebody asked. */
  function kick(why: 'usual' | 'asked' = 'usual'): void {
    if (!live || (why === 'usual' && paused())) return
    if (why === 'asked') live.hearing.reopen()
    if (under) {
      again = again === 'asked' ? again : why
      return
    }
    clearTimeout(timer)
    under = round(live, why === 'asked').finally(() => {
      under = undefined
      const next = again
      again = undefined
      if (next) kick(next)
    })
  }

  async function round(current: Live, asked: boolean): Promise<void> {
    const begun = now()
    const greets = asked || current.greets
    current.greets = false
    const answer = await syncRound({
      server: current.client,
      chains,
      memory,
      // Who asks wants to know how things stand now.
      last: greets ? undefined : current.last,
      receive: host.receive,
      forkChain: host.forkChain,
      seal: (event) => current.payloads.seal(event),
      open: (event) => current.payloads.open(event),
      greeted: async (hello) => {
        if (hello.workspaceId !== current.settings.workspaceId) return { ok: false, error: anotherWorkspace }
        role = hello.member.role
        return current.payloads.greeted(hello)
      },
      onStored: (stored) => {
        current.stored = stored
      },
      onProgress: (progress) => {
        if (progress.total >= worthTelling) tell({ state: 'syncing', progress })
      },
      aborted: () => current.ended.signal.aborted || (!asked && paused()),
    }).catch((error) => {
      console.error('a round of sync failed:', error)
      return refusedForNow('internal', 'Something went wrong inside Docket.')
    })
    if (live !== current) return
    if ((memory.askedAt() ?? 0) > (memory.answeredAt() ?? 0)) memory.answer(begun)
    if (!answer.ok) {
      troubled(current, answer.error)
      return
    }
    current.last = answer.value
    clockAheadMillis = answer.value.clockAheadMillis ?? (answer.value.pushed > 0 ? null : clockAheadMillis)
    failed = 0
    memory.synced(now())
    tell({ state: paused() ? 'paused' : 'up_to_date' })
    if (!paused()) current.hearing.listen()
    // The rest is pushed when the server takes more.
    const { retryAfterMillis } = answer.value.notTaken ?? {}
    if (retryAfterMillis !== undefined && !paused()) {
      timer = setTimeout(() => kick(), retryAfterMillis)
      timer.unref()
    }
    // What was recorded meanwhile has its own wake; agreement is only spoken of in a quiet moment, among copies that hold the same.
    if (again) return
    if (waiting() === 0 && answer.value.ahead === 0) current.agreement.look(answer.value)
    else current.agreement.doubt()
  }

  function troubled(
    current: Live,
    { retryable, code, message, details, retryAfterMillis }: Refusal<RemoteCode>,
  ): void {
    const { event, actor } = details ?? {}
    const reason = {
      code,
      message,
      ...(typeof event === 'string' ? { event } : {}),
      ...(typeof actor === 'string' ? { actor } : {}),
    }
    // What was stopped says nothing against what the round before it found.
    if (code === 'cancelled') current.greets = true
    else current.last = undefined
    current.hearing.stop()
    if (paused()) {
      tell({ state: 'paused', reason: code === 'cancelled' ? null : reason })
      return
    }
    failed += 1
    const wait = retryable ? backoff(failed, retries, random, retryAfterMillis) : refusedRetryMillis
    timer = setTimeout(() => kick(), wait)
    timer.unref()
    tell({
      state: retryable ? 'offline' : 'refused',
      reason,
      nextTryAt: now() + wait,
    })
  }

  return {
    refresh,
    wake() {
      if (live && phase.state === 'up_to_date' && unpushed() > 0) kick()
      else if (under) again ??= 'usual'
    },
    look() {
      const asked = memory.askedAt()
      if (!live || asked === null || asked <= (memory.answeredAt() ?? 0)) return
      kick('asked')
    },
    async now() {
      refresh()
      if (!live) return
      kick('asked')
      while (under) await under
    },
    view,
    async stop() {
      end()
      await under
    },
  }
}
