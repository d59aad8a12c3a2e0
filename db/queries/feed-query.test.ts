import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { eventRegistry } from '#core/event-registry.ts'
import { openEventLog } from '../projections/event-log.ts'
import { openDatabase, type WriteDatabase } from '../sqlite/open-database.ts'
import { feedQuery } from './feed-query.ts'

let folder: string
let database: WriteDatabase
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-feed-'))
  const opened = openDatabase(join(folder, 'log.db'), { durability: 'NORMAL' })
  if (!opened.ok) throw new Error(opened.error.message)
  database = opened.value
})
afterEach(() => {
  database.client.close()
  rmSync(folder, { recursive: true })
})

it.each([
  ['workspace', 'events_feed (occurred_at<?)'],
  ['issue', 'events_feed_stream (stream_id=? AND occurred_at<?)'],
  ['actor', 'events_feed_actor (actor_id=? AND occurred_at<?)'],
] as const)('a page of the %s feed walks its own index from its place and sorts nothing', (scope, walk) => {
  const log = openEventLog(database, { registry: eventRegistry(), now: Date.now, newId: uuidv7 })
  const plan = feedQuery(database, log.streamIds, log.toEvent).plan(scope)
  expect(plan[0]).toBe(`SEARCH events USING INDEX ${walk}`)
  expect(plan.join('\n')).not.toMatch(/SCAN|TEMP B-TREE/)
})
