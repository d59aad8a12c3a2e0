import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { DigestReports } from '#contract/sync-protocol.ts'
import type { SyncAgreement } from '#contract/sync-views.ts'
import type { ReadDatabase } from '#db/open-database.ts'
import {
  digestTrail,
  firstDifference,
  type StateDigest,
  stateDigests,
  type TrailStep,
} from '#db/state-digest.ts'
import type { RoundDone } from './round.ts'
import type { WorkspaceClient } from './server-client.ts'

/** Proof that the copies are alike: says what this one's state comes to and hears what the others' do. */
export type AgreementWatch = {
  /** After a round: looks once nothing moves. */
  look(done: RoundDone): void
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

/** A burst of changes is digested once. */
const settleMillis = 1_500
const askAgainMillis = [3_000, 15_000, 60_000]
/** Issues folded before the worker does something else. */
const foldedAtOnce = 200

export function agreementWatch(options: AgreementOptions): AgreementWatch {
  const { database, client, deviceId } = options
  const digests = stateDigests(database)
  const position = database.client.prepare('SELECT coalesce(max(position), 0) FROM events').pluck()
  let state: SyncAgreement = { state: 'unknown', digest: null, replicas: 0, difference: null }
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
    const { cursor } = done
    const found = await digest()
    // Something was recorded or arrived since the round: what is here is not what the cursor names.
    if (!found || of !== latest || position.get() !== at) return
    const answer = await client.reportDigest({
      chain: deviceId,
      seq: cursor.seq,
      digest: found.digest,
      events: found.events,
    })
    if (!answer.ok || of !== latest) return
    const here = answer.value.reports.filter(({ seq, chain }) => seq === cursor.seq && chain !== deviceId)
    const other = here.find((each) => each.digest !== found.digest)
    const replicas = 1 + here.filter((each) => each.digest === found.digest).length
    const difference = other ? await disagree(found, other) : null
    state = { state: other ? 'differs' : 'same', digest: found.digest, replicas, difference }
    options.onChange()
    // Others come to the same place a moment later: their word is asked for again, a few times.
    const wait = askAgainMillis[asked]
    // Whoever is the first to say anything is not the only one there is.
    const all = Math.max(2, answer.value.reports.length)
    if (wait === undefined || replicas >= all) return
    clearTimeout(timer)
    timer = setTimeout(() => reportSafely(done, of, at, asked + 1), wait)
    timer.unref()
  }

  /** Lays this copy's trail open, compares it with the other's and writes down what there is to report. */
  async function disagree(
    found: StateDigest,
    other: DigestReports['reports'][number],
  ): Promise<NonNullable<SyncAgreement['difference']>> {
    const ours = digestTrail(database)
    await client.putEvidence(deviceId, gzipSync(JSON.stringify(ours)))
    const answer = await client.getEvidence(other.chain)
    const theirs = answer.ok ? trailOf(answer.value) : undefined
    const eventId = theirs ? firstDifference(ours, theirs) : null
    const bundle = join(
      options.folder,
      'reports',
      `sync-${new Date(options.now()).toISOString().replaceAll(':', '')}`,
    )
    mkdirSync(bundle, { recursive: true })
    const facts = { found, other, firstDifference: eventId, node: process.version }
    writeFileSync(join(bundle, 'facts.json'), `${JSON.stringify(facts, null, 2)}\n`)
    writeFileSync(join(bundle, 'our-trail.json.gz'), gzipSync(JSON.stringify(ours)))
    if (theirs) writeFileSync(join(bundle, 'their-trail.json.gz'), gzipSync(JSON.stringify(theirs)))
    console.error(
      `This copy and ${other.device} hold the same events and differ in what they come to, from event ${eventId ?? 'unknown'} on. What to report is in ${bundle}; nothing was changed.`,
    )
    return { eventId, issueKey: null, with: `${other.member}’s ${other.device}`, bundle }
  }

  return {
    look(done) {
      latest += 1
      const of = latest
      const at = position.get()
      clearTimeout(timer)
      timer = setTimeout(() => reportSafely(done, of, at, 0), settleMillis)
      timer.unref()
    },
    view: () => state,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

/** Another replica's trail; `undefined` where it is none. */
function trailOf(evidence: Uint8Array): readonly TrailStep[] | undefined {
  try {
    const list: unknown = JSON.parse(gunzipSync(evidence, { maxOutputLength: 256 * 1_048_576 }).toString())
    return Array.isArray(list) ? (list as TrailStep[]) : undefined
  } catch {
    return undefined
  }
}
