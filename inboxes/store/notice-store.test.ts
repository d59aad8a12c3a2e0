import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NoticeReason } from '#contract/answers/inbox-answers.ts'
import { type Notices, noticeStore } from './notice-store.ts'
import { type InboxDatabase, openInboxDatabase } from './open-store.ts'

let folder: string
let database: InboxDatabase
let book: Notices
let now = 1_000_000
let position = 0

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-notices-'))
  const opened = openInboxDatabase(join(folder, 'inboxes.db'))
  if (!opened.ok) throw new Error(opened.error.message)
  database = opened.value
  now = 1_000_000
  position = 0
  book = noticeStore(database, () => now)
})
afterEach(() => {
  database.client.close()
  rmSync(folder, { recursive: true })
})

function add(issueId: string, reason: NoticeReason = 'subscribed'): void {
  position += 1
  book.add({ streamId: issueId, eventId: uuidv7(), position, reason, occurredAt: now })
}
const ids = (show: 'inbox' | 'snoozed' | 'done') => book.list(show, 100).map(({ id }) => id)

describe('the in-app inbox', () => {
  it('has one line an issue, with its newest event, how many are new and the strongest reason', () => {
    const [one, two] = [uuidv7(), uuidv7()]
    add(one, 'mentioned')
    add(two)
    add(one, 'subscribed')
    expect(book.list('inbox', 10)).toMatchObject([
      { streamId: one, events: 2, reason: 'mentioned', state: 'unread', latestPosition: 3 },
      { streamId: two, events: 1, reason: 'subscribed', latestPosition: 2 },
    ])
    expect(book.unread()).toBe(2)
  })

  it('the same event again changes nothing, read or not', () => {
    const issueId = uuidv7()
    const notice = {
      streamId: issueId,
      eventId: uuidv7(),
      position: 1,
      reason: 'assigned' as const,
      occurredAt: now,
    }
    book.add(notice)
    const [{ id } = { id: 0 }] = book.list('inbox', 1)
    book.setState([id], 'read')
    book.add(notice)
    expect(book.list('inbox', 1)).toMatchObject([{ state: 'read', events: 0 }])
  })

  it('what was read or done is unread again with the next event, and counts from one', () => {
    const issueId = uuidv7()
    add(issueId, 'mentioned')
    const [id = 0] = ids('inbox')
    book.setState([id], 'done')
    expect([ids('inbox'), ids('done')]).toEqual([[], [id]])
    add(issueId)
    expect(book.list('inbox', 1)).toMatchObject([{ id, state: 'unread', events: 1, reason: 'subscribed' }])
    expect(ids('done')).toEqual([])
  })

  it('what is put off is hidden until then, whatever comes meanwhile, and comes back unread', () => {
    const issueId = uuidv7()
    add(issueId)
    const [id = 0] = ids('inbox')
    book.snooze([id], now + 60_000)
    add(issueId)
    expect([ids('inbox'), ids('snoozed'), book.unread()]).toEqual([[], [id], 0])
    expect(book.nextWaking()).toBe(now + 60_000)
    now += 60_000
    expect([ids('inbox'), ids('snoozed'), book.unread()]).toEqual([[id], [], 1])
    expect(book.nextWaking()).toBeUndefined()
  })

  it('is paged from any line on, each once', () => {
    for (let n = 0; n < 25; n++) add(uuidv7())
    const seen: number[] = []
    for (let before: number | undefined; ; ) {
      const page = book.list('inbox', 10, before)
      seen.push(...page.map(({ latestPosition }) => latestPosition))
      before = page.at(-1)?.latestPosition
      if (page.length < 10) break
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => 25 - n))
  })

  it('an issue that is looked at is read, and says whether that changed anything', () => {
    const issueId = uuidv7()
    add(issueId)
    expect([book.read(issueId), book.read(issueId), book.read(uuidv7())]).toEqual([true, false, false])
    expect(book.unread()).toBe(0)
  })
})
