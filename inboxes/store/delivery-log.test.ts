import { afterEach, beforeEach, expect, it } from 'vitest'
import { temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { deliveryLog } from './delivery-log.ts'
import { type InboxDatabase, inboxDatabaseFile, openInboxDatabase } from './open-store.ts'

const now = Date.parse('2026-11-21T12:34:56Z')
const minute = 60_000
let database: InboxDatabase
let remove: () => void

beforeEach(() => {
  let folder: string
  ;({ folder, remove } = temporaryFolder())
  const opened = openInboxDatabase(inboxDatabaseFile(folder))
  if (!opened.ok) throw new Error(opened.error.message)
  database = opened.value
})
afterEach(() => {
  database.client.close()
  remove()
})

it('the plot has every minute of its time in the bucket that it belongs to, the last one too', () => {
  const add = database.client.prepare(
    'INSERT INTO minutes (inbox, minute, done, failed, dead) VALUES (?, ?, ?, ?, ?)',
  )
  const thisMinute = Math.floor(now / minute)
  add.run('webhooks', thisMinute, 3, 2, 1)
  add.run('email', thisMinute, 4, 0, 0)
  add.run('webhooks', thisMinute - 7, 1, 0, 0)
  add.run('webhooks', thisMinute - 3 * 60, 50, 0, 0)
  const log = deliveryLog(database, () => now)

  const plot = log.plot({ hours: 1, buckets: 12 })
  expect(plot.bucketMillis).toBe(5 * minute)
  expect(plot.buckets).toHaveLength(12)
  // 12:34 lies in the bucket from 12:30, 12:27 in the one before.
  expect(plot.buckets.at(-1)).toEqual({ done: 7, failed: 2, dead: 1 })
  expect(plot.buckets.at(-2)).toEqual({ done: 1, failed: 0, dead: 0 })
  expect(plot.buckets.reduce((sum, { done }) => sum + done, 0)).toBe(8)
  expect(log.plot({ inbox: 'email', hours: 1, buckets: 12 }).buckets.at(-1)?.done).toBe(4)
})
