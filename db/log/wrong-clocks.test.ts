import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { eventRegistry } from '#core/event-registry.ts'
import type { NewEvent } from '#core/events/event.ts'
import { openEventLog } from '../projections/event-log.ts'
import { rebuildProjections } from '../projections/rebuild.ts'
import { openDatabase, type WriteDatabase } from '../sqlite/open-database.ts'
import { clockStanding, jumpQuery } from './clock-jumps.ts'
import type { SqliteEventLog } from './sqlite-log.ts'

const day = 86_400_000
const start = Date.UTC(2026, 2, 2, 9)
const actorId = '00000000-0000-7000-8000-0000000000aa'
const issue = (n: number) => ({ type: 'issue', id: `00000000-0000-7000-8000-00000000000${n}` }) as const

let folder: string
let database: WriteDatabase
let log: SqliteEventLog
let clock: number
let counter: number

const newId = (): string => `00000000-0000-7000-9000-${(++counter).toString(16).padStart(12, '0')}`
const created = (): NewEvent => ({
  id: newId(),
  type: 'created',
  actorId,
  data: { title: 'One', status: 'open' },
})
const commented = (): NewEvent => {
  const id = newId()
  return { id, type: 'commented', actorId, data: { commentId: id, body: 'Hello' } }
}
/** Records with a clock that shows `at`. @returns the position. */
function record(of: number, at: number): number {
  clock = at
  const event = log.streamVersion(issue(of)) === 0 ? created() : commented()
  return log.append(issue(of), [event]).position
}
const times = () => log.readAll(0 as never, 500).map((event) => event.occurredAt)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-clocks-'))
  const opened = openDatabase(join(folder, 'log.db'))
  if (!opened.ok) throw new Error(opened.error.message)
  database = opened.value
  clock = start
  counter = 0
  log = openEventLog(database, { registry: eventRegistry(), now: () => clock, newId })
})
afterEach(() => {
  database.client.close()
  rmSync(folder, { recursive: true })
})

it('one command with a clock two days ahead gives no later event its time', () => {
  record(1, start)
  record(2, start + 2 * day)
  record(3, start + 1_000)
  record(1, start + 2_000)
  expect(times()).toEqual([start, start + 2 * day, start + 1_000, start + 2_000])
  expect(log.issueAsOf(issue(3).id, start + 1_500).exists).toBe(true)
})

it('a clock years ahead takes only its own issue along in the order', () => {
  record(1, start + 3_650 * day)
  record(2, start)
  record(1, start + 1_000)
  const [ahead, other, answer] = log.readAll(0 as never, 10)
  expect(other?.hlc).toBeLessThan(ahead?.hlc ?? 0)
  // What answers it comes after it, whatever its clock says.
  expect(answer?.hlc).toBeGreaterThan(ahead?.hlc ?? 0)
  expect(answer?.occurredAt).toBe(start + 1_000)
})

it('a look by a clock that was ahead does not keep later looks out', () => {
  record(1, start)
  const viewed = (): NewEvent => ({ id: newId(), type: 'viewed', actorId, data: {} })
  clock = start + 400 * day
  expect(log.record(issue(1), viewed(), { throttle: 300_000 })).toBeDefined()
  clock = start + 1_000
  expect(log.record(issue(1), viewed(), { throttle: 300_000 })).toBeDefined()
})

it('a jump of more than a day is noted at both ends, and time that passes is none', () => {
  record(1, start)
  record(1, start + 5 * day)
  expect(jumpQuery(database).latest(10)).toEqual([])
  const ahead = record(1, start + 15 * day)
  record(2, start + 15 * day + 1_000)
  const back = record(1, start + 6 * day)
  record(2, start + 6 * day + 1_000)
  expect(jumpQuery(database).of([1, 2, ahead, ahead + 1, back, back + 1])).toEqual([
    { position: back, against: ahead + 1, millis: -9 * day - 1_000 },
    { position: ahead, against: back, millis: 9 * day },
  ])
  expect(clockStanding(database, start + 6 * day)).toEqual({
    events: 2,
    ahead: 9 * day + 1_000,
    newest: { from: ahead, to: back - 1, millis: 9 * day },
  })
})

it('a clock that only went back is a jump, one that went back within a day is none', () => {
  record(1, start)
  record(1, start - day)
  const back = record(1, 0)
  expect(jumpQuery(database).latest(10)).toEqual([
    { position: back, against: back - 1, millis: -(start - day) },
  ])
})

it('an imported history is no jump, whatever its times are', () => {
  record(1, start)
  log.importStreams([
    {
      streamType: 'issue',
      streamId: issue(2).id,
      events: [start - 900 * day, start + 900 * day].map((occurredAt, index) => ({
        ...(index === 0 ? created() : commented()),
        occurredAt,
        metadata: { triggeredBy: 'import' },
      })),
    },
  ])
  record(1, start + 1_000)
  expect(jumpQuery(database).latest(10)).toEqual([])
  expect(clockStanding(database, start)).toEqual({ events: 0, ahead: null, newest: null })
})

it('a rebuild notes the jumps again, and nothing else as one', () => {
  record(1, start)
  const ahead = record(1, start + 15 * day)
  record(2, start + 15 * day + 1_000)
  const back = record(1, start + 6 * day)
  record(2, start + 9 * day)
  const noted = jumpQuery(database).latest(10)
  expect(noted.map(({ position }) => position)).toEqual([back, ahead])
  const options = { registry: eventRegistry(), newId }
  expect(rebuildProjections(database, options).repaired).toEqual([])
  expect(jumpQuery(database).latest(10)).toEqual(noted)
  database.client.exec('DELETE FROM clock_jumps; INSERT INTO clock_jumps VALUES (1, 2)')
  expect(rebuildProjections(database, options).repaired).toEqual(['clock_jumps'])
  expect(jumpQuery(database).latest(10)).toEqual(noted)
})
