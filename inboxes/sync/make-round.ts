import type { Refusal, RemoteCode, Result } from '#core/values/refusal.ts'
import { usualPace } from '../contract/inbox.ts'
import { backoff } from '../shared/backoff.ts'
import { refusedForNow } from './round/round-refusals.ts'
import type { RoundDone } from './round/round-types.ts'
import { syncRound } from './round/sync-round.ts'
import { isPaused, type ServerConnection, type SyncContext } from './sync-context.ts'
import { changePhase, eventsNotOnServer } from './sync-view.ts'

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

/** A round with the server, and what follows from it for the next. @param asked whether somebody asked for it: then also while paused. */
export async function makeRound(
  sync: SyncContext,
  connection: ServerConnection,
  asked: boolean,
): Promise<void> {
  const { memory } = sync
  const begun = sync.now()
  const result = await roundWith(sync, connection, asked)
  if (sync.connection !== connection) return
  if ((memory.askedAt() ?? 0) > (memory.answeredAt() ?? 0)) memory.answer(begun)
  if (result.ok) roundDone(sync, connection, result.value)
  else roundFailed(sync, connection, result.error)
}

async function roundWith(
  sync: SyncContext,
  connection: ServerConnection,
  asked: boolean,
): Promise<Result<RoundDone, RemoteCode>> {
  const greets = asked || connection.greets
  connection.greets = false
  return syncRound({
    server: connection.client,
    chains: sync.chains,
    memory: sync.memory,
    // Who asks wants to know how things stand now.
    last: greets ? undefined : connection.last,
    receive: sync.host.receive,
    forkChain: sync.host.forkChain,
    seal: (event) => connection.payloads.seal(event),
    open: (event) => connection.payloads.open(event),
    async greeted(hello) {
      if (hello.workspaceId !== connection.settings.workspaceId) return { ok: false, error: anotherWorkspace }
      sync.role = hello.member.role
      return connection.payloads.greeted(hello)
    },
    onStored(stored) {
      connection.stored = stored
    },
    onProgress(progress) {
      if (progress.total >= worthTelling) changePhase(sync, { state: 'syncing', progress })
    },
    aborted: () => connection.ended.signal.aborted || (!asked && isPaused(sync)),
  }).catch((error) => {
    console.error('a round of sync failed:', error)
    return refusedForNow('internal', 'Something went wrong inside Docket.')
  })
}

function roundDone(sync: SyncContext, connection: ServerConnection, done: RoundDone): void {
  connection.last = done
  sync.clockAheadMillis = done.clockAheadMillis ?? (done.pushed > 0 ? null : sync.clockAheadMillis)
  sync.failed = 0
  sync.memory.synced(sync.now())
  const paused = isPaused(sync)
  changePhase(sync, { state: paused ? 'paused' : 'up_to_date' })
  if (!paused) connection.nudges.listen()
  // The rest is pushed when the server takes more.
  const { retryAfterMillis } = done.notTaken ?? {}
  if (retryAfterMillis !== undefined && !paused) requestRoundAfter(sync, retryAfterMillis)
  // What was recorded meanwhile has its own wake; agreement is only spoken of in a quiet moment, among copies that hold the same.
  if (sync.followUp) return
  if (eventsNotOnServer(sync) === 0 && done.ahead === 0) connection.agreement.compareAfter(done)
  else connection.agreement.doubt()
}

function roundFailed(sync: SyncContext, connection: ServerConnection, refusal: Refusal<RemoteCode>): void {
  const { retryable, code, message, details, retryAfterMillis } = refusal
  const { event, actor } = details ?? {}
  const reason = {
    code,
    message,
    ...(typeof event === 'string' ? { event } : {}),
    ...(typeof actor === 'string' ? { actor } : {}),
  }
  // What was stopped says nothing against what the round before it found.
  if (code === 'cancelled') connection.greets = true
  else connection.last = undefined
  connection.nudges.stop()
  if (isPaused(sync)) {
    changePhase(sync, { state: 'paused', reason: code === 'cancelled' ? null : reason })
    return
  }
  sync.failed += 1
  const wait = retryable ? backoff(sync.failed, retries, sync.random, retryAfterMillis) : refusedRetryMillis
  requestRoundAfter(sync, wait)
  changePhase(sync, { state: retryable ? 'offline' : 'refused', reason, nextTryAt: sync.now() + wait })
}

function requestRoundAfter(sync: SyncContext, millis: number): void {
  sync.timer = setTimeout(() => sync.requestRound('change'), millis)
  sync.timer.unref()
}
