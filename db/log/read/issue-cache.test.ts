import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventRegistry } from '#core/event-registry.ts'
import { foldIssue } from '#core/issue/evolve.ts'
import type { IssueEvent } from '#core/issue/issue-event.ts'
import { openEventLog } from '../../projections/event-log.ts'
import { openDatabase, type WriteDatabase } from '../../sqlite/open-database.ts'
import type { ForeignEvent } from '../sqlite-log.ts'

let folder: string
let database: WriteDatabase

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-store-'))
  const opened = openDatabase(join(folder, 'log.db'), { durability: 'NORMAL' })
  if (!opened.ok) throw new Error(opened.error.message)
  database = opened.value
})
afterAll(() => {
  database.client.close()
  rmSync(folder, { recursive: true })
})

const connect = () => openEventLog(database, { registry: eventRegistry(), now: Date.now, newId: uuidv7 })
const base = Date.UTC(2025, 0, 1)
const actorId = uuidv7()

/** A change and how far from the one before it happened, in minutes: imported histories run backwards here and there. */
const change = fc.record({
  kind: fc.constantFrom('title', 'priority', 'comment', 'move'),
  minutes: fc.integer({ min: -30, max: 60 }),
})

function history(changes: readonly { kind: string; minutes: number }[]): ForeignEvent[] {
  let at = base
  let status = 'open'
  const event = (type: string, data: unknown): ForeignEvent => ({
    id: uuidv7(),
    type,
    data,
    actorId,
    occurredAt: at,
    metadata: { triggeredBy: 'import' },
  })
  return [
    event('created', { title: 'Began', status }),
    ...changes.map(({ kind, minutes }, n) => {
      at += minutes * 60_000
      if (kind === 'title') return event('title_changed', { from: 'x', to: `Title ${n}` })
      if (kind === 'priority') return event('priority_changed', { from: 'none', to: n % 2 ? 'high' : 'low' })
      if (kind === 'comment') return event('commented', { commentId: uuidv7(), body: `Word ${n}` })
      const from = status
      status = status === 'open' ? 'in_progress' : 'open'
      return event('status_changed', { from, to: status, transition: 'start' })
    }),
  ]
}

it('an issue now and as of any instant is the fold of its events, whichever snapshots there are and whoever asks', () => {
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 260 }),
      fc.array(fc.nat(1_000), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 90 }),
      (changes, places, batch) => {
        const log = connect()
        const streamId = uuidv7()
        const events = history(changes)
        for (let at = 0; at < events.length; at += batch)
          log.importStreams([{ streamType: 'issue', streamId, events: events.slice(at, at + batch) }])
        const recorded = log.readStream({ type: 'issue', id: streamId })
        const fold = (list: typeof recorded) => foldIssue(streamId, list as unknown as IssueEvent[])
        const other = connect()
        expect(log.issue(streamId)).toEqual(fold(recorded))
        expect(other.issue(streamId)).toEqual(fold(recorded))
        for (const place of places) {
          const at = (recorded[place % recorded.length]?.occurredAt ?? 0) + (place % 3) - 1
          expect(other.issueAsOf(streamId, at)).toEqual(
            fold(recorded.filter((event) => event.occurredAt <= at)),
          )
        }
      },
    ),
    { numRuns: 60 },
  )
})

it('a long issue has snapshots, fewer the longer it is', () => {
  const log = connect()
  const streamId = uuidv7()
  log.importStreams([
    {
      streamType: 'issue',
      streamId,
      events: history(Array.from({ length: 10 }, () => ({ kind: 'comment', minutes: 1 }))),
    },
  ])
  const count = () =>
    Number(
      database.client
        .prepare('SELECT count(*) FROM snapshots WHERE stream_id = ?')
        .pluck()
        .get(log.streamIds.find(streamId, 'issue')?.id),
    )
  expect(count()).toBe(0)
  for (let n = 0; n < 600; n++)
    log.append({ type: 'issue', id: streamId }, [
      { id: uuidv7(), type: 'commented', data: { commentId: uuidv7(), body: 'More' }, actorId },
    ])
  expect(count()).toBeGreaterThan(5)
  expect(count()).toBeLessThan(15)
})
