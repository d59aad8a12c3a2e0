import type { SyncAgreement } from '#contract/answers/sync-answers.ts'
import type { DigestReport } from '#contract/sync-api/agreement.ts'
import { understands } from '#contract/sync-api/hello.ts'
import { correctionsPending } from '#db/log/rows/corrected-times.ts'
import { firstFold } from '#db/log/rows/fold-name.ts'
import { type StateDigest, stateDigests } from '#db/queries/state-digest.ts'
import type { ReadDatabase } from '#db/sqlite/open-database.ts'
import type { RoundDone } from '../round/round-types.ts'
import type { WorkspaceClient } from '../server/server-client.ts'
import { disagreements } from './disagreement.ts'

/** Proof that the replicas are alike: reports the digest of this one's state and compares it with the others'. */
export type AgreementWatch = {
  /** Reports and compares the digest after a round, once nothing moves. */
  compareAfter(done: RoundDone): void
  /** After a round that left this replica and the server with other events: their digests can't be compared. */
  doubt(): void
  view(): SyncAgreement
  stop(): void
}

export type AgreementOptions = {
  readonly database: ReadDatabase
  readonly client: Pick<WorkspaceClient, 'reportDigest' | 'putEvidence' | 'getEvidence'>
  readonly deviceId: string
  readonly folder: string
  readonly now: () => number
  readonly onChange: () => void
}

const unknown: SyncAgreement = { state: 'unknown', digest: null, replicas: 0, difference: null }

/** A burst of changes is digested once. */
const settleMillis = 1_500
const askAgainMillis = [3_000, 15_000, 60_000]
/** Issues folded before the worker does something else. */
const foldedAtOnce = 200

export function agreementWatch(options: AgreementOptions): AgreementWatch {
  const { database, client, deviceId } = options
  const digests = stateDigests(database)
  const disagreement = disagreements(options)
  const position = database.client.prepare('SELECT coalesce(max(position), 0) FROM events').pluck()
  const pending = correctionsPending(database)
  let state: SyncAgreement = unknown
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let latest = 0

  async function digest(): Promise<StateDigest | undefined> {
    for (;;) {
      if (stopped) return undefined
      const found = digests.step(foldedAtOnce)
      if (found) return found
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  function reportSafely(done: RoundDone, of: number, at: unknown, asked: number): void {
    report(done, of, at, asked).catch((error) => console.error('the digest could not be compared:', error))
  }

  async function report(done: RoundDone, of: number, at: unknown, asked: number): Promise<void> {
    const { cursor, hello } = done
    if (pending()) {
      // Times are being corrected, place by place: until that is over nothing here is what others come to.
      if (state.state === 'same') state = unknown
      timer = setTimeout(() => reportSafely(done, of, at, asked), settleMillis)
      timer.unref()
      return
    }
    const found = await digest()
    // Something was recorded or arrived since the round: what is here is not what the cursor names.
    if (!found || of !== latest || position.get() !== at) return
    const namesFolds = understands(hello, 'digest_folds')
    if (!namesFolds && found.fold !== firstFold) {
      // It would hand the digest on as one of the first release's, and others would find that it differs.
      state = unknown
      options.onChange()
      return
    }
    const answer = await client.reportDigest({
      chain: deviceId,
      seq: cursor.seq,
      digest: found.digest,
      events: found.events,
      ...(namesFolds ? { fold: found.fold } : {}),
    })
    if (!answer.ok || of !== latest) return
    // Whoever speaks of a place has all that the server has up to there and nothing else: other events there are a difference, too. Only what was folded
    // alike is held against each other.
    const comparable = answer.value.reports.filter(({ fold = firstFold }) => fold === found.fold)
    const here = comparable.filter(({ seq, chain }) => seq === cursor.seq && chain !== deviceId)
    const agrees = ({ digest, events }: DigestReport): boolean =>
      digest === found.digest && events === found.events
    const other = here.find((each) => !agrees(each))
    const replicas = 1 + here.filter(agrees).length
    const difference = other ? await disagreement.describe(found, other, state.difference) : null
    // Without another's report at this place nothing is known.
    const alike = replicas > 1 ? 'same' : 'unknown'
    state = { state: other ? 'differs' : alike, digest: found.digest, replicas, difference }
    options.onChange()
    // Others come to the same place a moment later: their word is asked for again, a few times.
    const wait = askAgainMillis[asked]
    // The first to report is not the only replica there is.
    const all = Math.max(2, comparable.length)
    if (wait === undefined || replicas >= all) return
    clearTimeout(timer)
    timer = setTimeout(() => reportSafely(done, of, at, asked + 1), wait)
    timer.unref()
  }

  return {
    compareAfter(done) {
      latest += 1
      const of = latest
      const at = position.get()
      clearTimeout(timer)
      timer = setTimeout(() => reportSafely(done, of, at, 0), settleMillis)
      timer.unref()
    },
    doubt() {
      latest += 1
      clearTimeout(timer)
      // A difference that was found between copies of the same events stays one.
      if (state.state === 'same') state = unknown
    },
    view: () => state,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
