import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventRegistry } from '#core/event-registry.ts'
import { activityKinds } from '#core/events/facts/event-facts.ts'
import { countedEvents } from '../log/read/counted-events.ts'
import type { SqliteEventLog } from '../log/sqlite-log.ts'
import { openEventLog } from '../projections/event-log.ts'
import { openDatabase, type WriteDatabase } from '../sqlite/open-database.ts'
import { type CountedBucket, historyStripQuery, type Strip } from './history-strip-query.ts'
import { bitmap, setBit } from './issue-list/bitmap.ts'

const ada = uuidv7()
const start = Date.UTC(2014, 0, 10, 12)
const day = 86_400_000
/** Each is created, and commented upon 41 times: more than twenty thousand events. */
const issues = 600
const comments = 41

let folder: string
let database: WriteDatabase
let log: SqliteEventLog
const ids: string[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-strip-'))
  const opened = openDatabase(join(folder, 'log.db'), { durability: 'NORMAL' })
  if (!opened.ok) throw new Error(opened.error.message)
  database = opened.value
  log = openEventLog(database, { registry: eventRegistry(), now: () => start, newId: uuidv7 })
  for (let n = 0; n < issues; n++) {
    const streamId = uuidv7()
    ids.push(streamId)
    const event = (type: string, data: unknown, at: number, triggeredBy = 'import') => ({
      id: uuidv7(),
      type,
      data,
      actorId: ada,
      occurredAt: at,
      metadata: { triggeredBy } as never,
    })
    log.importStreams([
      {
        streamType: 'issue',
        streamId,
        events: [
          event('created', { title: `Issue ${n}`, status: 'open' }, start + n * day),
          ...Array.from({ length: comments }, (_, k) =>
            event('commented', { commentId: uuidv7(), body: 'Hello' }, start + (n + k) * day),
          ),
          event('viewed', {}, start + 4_000 * day),
          ...(n === 7 ? [event('labeled', { labelId: ada }, start + n * day, 'automation')] : []),
        ],
      },
    ])
  }
})
afterAll(() => {
  database.client.close()
  rmSync(folder, { recursive: true })
})

const sumOf = (bucket: CountedBucket | null): number =>
  bucket ? activityKinds.reduce((sum, kind) => sum + bucket[kind], 0) : 0
const total = ({ buckets, earlier, later }: Strip): number =>
  [...buckets, earlier, later].reduce((sum, bucket) => sum + sumOf(bucket), 0)
function bitsOf(list: readonly string[]): Uint32Array {
  const bits = bitmap(64_000)
  for (const id of list) setBit(bits, log.streamIds.find(id, 'issue')?.id ?? 0, true)
  return bits
}
function stripOf(list: readonly string[], time: { from: number; to: number } | null = null) {
  const counting = historyStripQuery(database, log.streamIds).ofIssues(bitsOf(list), time)
  for (let steps = 1; ; steps++) {
    const step = counting.next()
    if (step.done) return { ...step.value, steps }
  }
}

describe('the strip over a list', () => {
  it('counts every event of every issue, however many there are, and nothing that nobody sees', () => {
    const { strip, steps } = stripOf(ids)
    expect(total(strip)).toBe(issues * (1 + comments) + 1)
    expect(strip.buckets.reduce((sum, { automated }) => sum + automated, 0)).toBe(1)
    expect(strip.buckets.reduce((sum, { created }) => sum + created, 0)).toBe(issues)
    expect([strip.earlier, strip.later]).toEqual([null, null])
    // Others are let go first in between.
    expect(steps).toBeGreaterThan(1)
  })

  it('is the same for few issues, which are looked up, as for many', () => {
    const some = ids.slice(0, 250)
    const { strip } = stripOf(some)
    expect(total(strip)).toBe(250 * (1 + comments) + 1)
    // Together with issues that were never there it takes the other road.
    const more = bitsOf(some)
    for (let bit = 60_000; bit < 60_400; bit++) setBit(more, bit, true)
    const counting = historyStripQuery(database, log.streamIds).ofIssues(more, null)
    let step = counting.next()
    while (!step.done) step = counting.next()
    expect(step.value.strip).toEqual(strip)
  })

  it('says of a time how many events of how many issues are in it', () => {
    const time = { from: start + 100 * day, to: start + 102 * day }
    // In two days: one issue created a day, and comments of those that began up to forty days before.
    expect(stripOf(ids, time).part).toEqual({ events: 2 + 2 * comments, issues: 42 })
    expect(stripOf([], time).part).toEqual({ events: 0, issues: 0 })
  })

  it('reads an index and no event itself', () => {
    const [streams, all, one] = countedEvents(database, log.streamIds).plans(start, start + day)
    expect(streams?.[0]).toMatch(/^SEARCH events USING COVERING INDEX events_activity \(occurred_at/)
    expect(all?.[0]).toMatch(/^SEARCH events USING (COVERING )?INDEX events_activity \(occurred_at/)
    expect(one?.[0]).toMatch(/^SEARCH events USING INDEX events_feed_stream \(stream_id=. AND occurred_at>/)
    // What waits is seldom anything, and has an index of its own.
    for (const plan of [streams, all, one])
      expect(plan?.join('\n')).not.toMatch(/SCAN events(?! USING INDEX events_waiting)/)
  })
})
