import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGzip, gzipSync } from 'node:zlib'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { newReplica, type Replica } from '#app/sync/testing/replica.ts'
import { agreementText, type SyncAgreement } from '#contract/answers/sync-answers.ts'
import type { DigestReport, DigestReports } from '#contract/sync-api/agreement.ts'
import { serverFeatures } from '#contract/sync-api/protocol.ts'
import { startCursor } from '#contract/sync-api/wire-events.ts'
import { digestTrail, type TrailStep } from '#db/queries/state-digest.ts'
import type { RoundDone } from '../round/round-types.ts'
import { agreementWatch } from './agreement.ts'

let replica: Replica
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-agreement-'))
  replica = newReplica('Ada', uuidv7(), uuidv7())
  const issueId = uuidv7()
  replica.execute({ type: 'create', issueId, title: 'One' })
  for (const title of ['Two', 'Three']) replica.execute({ type: 'change_title', issueId, title })
})
afterEach(() => {
  replica.close()
  rmSync(folder, { recursive: true, force: true })
})

const round = {
  cursor: { seq: 7, mark: startCursor.mark },
  hello: { understands: serverFeatures as readonly string[] },
} as RoundDone

/** What the watch comes to, where the server has that other report. */
async function watched(
  other: (mine: DigestReport) => Partial<DigestReport>,
  evidence: readonly TrailStep[] | Uint8Array | null,
  device: string = uuidv7(),
): Promise<{ view: SyncAgreement; laidOpen: boolean; doubted: SyncAgreement }> {
  let laidOpen = false
  let told: () => void = () => {}
  const heard = new Promise<void>((resolve) => {
    told = resolve
  })
  const watch = agreementWatch({
    database: replica.workspace.database,
    deviceId: uuidv7(),
    folder,
    now: Date.now,
    onChange: () => told(),
    client: {
      async reportDigest(report) {
        const about = { device: 'laptop', member: 'Ben', at: 0, evidence: evidence !== null }
        const theirs = { ...report, chain: device, ...other(report), ...about }
        const value: DigestReports = { reports: [{ ...report, ...about }, theirs] }
        return { ok: true, value }
      },
      async putEvidence() {
        laidOpen = true
        return { ok: true, value: null }
      },
      getEvidence: async () =>
        evidence === null
          ? { ok: false, error: { retryable: false, code: 'unknown_place', message: 'Nothing there.' } }
          : {
              ok: true,
              value: evidence instanceof Uint8Array ? evidence : gzipSync(JSON.stringify(evidence)),
            },
    },
  })
  watch.compareAfter(round)
  await heard
  const view = watch.view()
  watch.doubt()
  watch.stop()
  return { view, laidOpen, doubted: watch.view() }
}

it('copies that say the same at the same place agree, and those elsewhere say nothing yet', async () => {
  expect((await watched(() => ({}), null)).view).toMatchObject({
    state: 'same',
    replicas: 2,
    difference: null,
  })
  const behind = await watched(() => ({ seq: 6, digest: 'f'.repeat(64) }), null)
  expect(behind.view).toMatchObject({ state: 'unknown', replicas: 1, digest: replica.digest() })
})

it('a difference names the first event that is folded otherwise, raises the alarm and leaves what there is to report', async () => {
  const alarm = vi.spyOn(console, 'error').mockImplementation(() => {})
  const ours = digestTrail(replica.workspace.database)
  expect(ours).toHaveLength(3)
  const theirs = ours.map((step, at) => (at >= 1 ? { ...step, state: '0'.repeat(16) } : step))
  const { view, laidOpen } = await watched(() => ({ digest: 'f'.repeat(64) }), theirs)
  expect(laidOpen).toBe(true)
  expect(view).toMatchObject({
    state: 'differs',
    difference: { eventId: ours[1]?.eventId, with: 'Ben’s laptop' },
  })
  const bundle = view.difference?.bundle ?? ''
  for (const file of ['facts.json', 'our-trail.json.gz', 'their-trail.json.gz'])
    expect(existsSync(join(bundle, file)), file).toBe(true)
  expect(JSON.parse(readFileSync(join(bundle, 'facts.json'), 'utf8')).firstDifference).toBe(ours[1]?.eventId)
  expect(alarm.mock.calls.join(' ')).toContain(ours[1]?.eventId)
})

it('unequal numbers of events at one place of the server are a difference, whatever they come to', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const ours = digestTrail(replica.workspace.database)
  for (const other of [{ digest: 'f'.repeat(64) }, {}]) {
    const { view } = await watched(({ events }) => ({ events: events - 1, ...other }), ours.slice(0, -1))
    expect(view).toMatchObject({ state: 'differs', replicas: 1 })
    const { events, eventId } = view.difference ?? {}
    expect(events).toEqual({ here: (events?.there ?? 0) + 1, there: events?.there })
    expect(eventId).toBe(ours.at(-1)?.eventId)
    expect(agreementText(view)).toContain(`(${events?.here} events here, ${events?.there} there)`)
  }
})

it('a copy is the same as one that was heard, never as a server that says nothing', () => {
  const alone = { digest: 'ab', replicas: 1, difference: null } as const
  // The first is as an older Docket kept it.
  for (const state of ['same', 'unknown'] as const)
    expect(agreementText({ ...alone, state })).toBe('Not compared yet: no other copy has come to this place')
  expect(agreementText({ ...alone, state: 'unknown', digest: null })).toBe('Not compared yet')
})

it('once this copy has what the server lacks, that they were alike says nothing', async () => {
  expect((await watched(() => ({}), null)).doubted).toMatchObject({ state: 'unknown', replicas: 0 })
})

it('the same difference is laid open and written down once, however often it is met', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const ours = digestTrail(replica.workspace.database)
  const theirs = ours.map((step) => ({ ...step, state: '0'.repeat(16) }))
  const first = await watched(() => ({ digest: 'f'.repeat(64) }), theirs)
  const again = await watched(() => ({ digest: 'f'.repeat(64) }), theirs)
  expect([first.laidOpen, again.laidOpen]).toEqual([true, false])
  expect(again.view).toEqual(first.view)
  expect(readdirSync(join(folder, 'reports'))).toHaveLength(1)
  expect((await watched(() => ({ digest: 'e'.repeat(64) }), theirs)).laidOpen).toBe(true)
  expect(readdirSync(join(folder, 'reports'))).toHaveLength(2)
})

it('a difference without the other’s trail is an alarm all the same', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const { view } = await watched(() => ({ digest: 'f'.repeat(64) }), null)
  expect(view).toMatchObject({ state: 'differs', difference: { eventId: null } })
})

/** 256 MiB of an array, in a quarter of one: it is unpacked in no memory that a test has. */
function bomb(): Promise<Buffer> {
  const packing = createGzip()
  const packed: Buffer[] = []
  packing.on('data', (piece: Buffer) => packed.push(piece))
  packing.write('[0')
  for (let mebibyte = 0; mebibyte < 256; mebibyte++) packing.write(',0'.repeat(524_288))
  packing.end(']')
  return new Promise((resolve) => packing.on('end', () => resolve(Buffer.concat(packed))))
}

it('evidence that unpacks to 256 MiB harms nobody, is an alarm all the same, and is never looked at again', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const other = () => ({ digest: 'f'.repeat(64) })
  const evidence = await bomb()
  expect(evidence.length).toBeLessThan(300_000)
  const { view } = await watched(other, evidence)
  expect(view).toMatchObject({ state: 'differs', difference: { eventId: null, with: 'Ben’s laptop' } })
  const again = await watched(other, evidence)
  expect(again.laidOpen).toBe(false)
  expect(again.view).toEqual(view)
})

it('evidence that ended the process while it was looked at is not looked at when it starts again', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const other = () => ({ digest: 'f'.repeat(64) })
  const theirs = digestTrail(replica.workspace.database).map((step) => ({ ...step, state: '0'.repeat(16) }))
  const { view } = await watched(other, theirs)
  const facts = join(view.difference?.bundle ?? '', 'facts.json')
  const before = JSON.parse(readFileSync(facts, 'utf8'))
  expect(before).toMatchObject({ trail: 'read' })
  writeFileSync(facts, JSON.stringify({ ...before, firstDifference: null, trail: 'begun' }))
  const again = await watched(other, theirs)
  expect([again.laidOpen, again.view.difference?.eventId]).toEqual([false, null])
})

it('who reports another digest at every look has this copy fold and write no more than a few times', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const device = uuidv7()
  const laidOpen: boolean[] = []
  for (const digit of 'abcde')
    laidOpen.push((await watched(() => ({ digest: digit.repeat(64) }), null, device)).laidOpen)
  expect(laidOpen).toEqual([true, true, true, false, false])
  expect(readdirSync(join(folder, 'reports'))).toHaveLength(3)
})
