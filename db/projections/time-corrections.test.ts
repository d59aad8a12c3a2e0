import { describe, expect, it } from 'vitest'
import { firstInstant, lastInstant } from '#core/time/instant.ts'
import { eventTexts } from '../log/read/event-texts.ts'
import { feedQuery } from '../queries/feed-query.ts'
import { historyStripQuery } from '../queries/history-strip-query.ts'
import { openDatabase } from '../sqlite/open-database.ts'
import { openEventLog } from './event-log.ts'
import { rebuildProjections } from './rebuild.ts'
import {
  catchUp,
  commented,
  copyOf,
  corrected,
  created,
  day,
  digest,
  expectAsFolded,
  founder,
  issue,
  made,
  noted,
  options,
  other,
  start,
  stranger,
  workspace,
} from './testing/corrected-copies.ts'

describe('times that were corrected', () => {
  it('are what everything goes by that goes by time, and go back with a correction the other way', () => {
    const copy = copyOf(founder)
    copy.record(made, workspace)
    copy.record(created, issue(1))
    copy.record(created, issue(2), start + 700 * day)
    copy.record(commented(), issue(1), start + 1_000)
    catchUp(copy)
    const before = digest(copy)
    const feed = feedQuery(copy.database, copy.log.streamIds, copy.log.toEvent)
    const strip = historyStripQuery(copy.database, copy.log.streamIds)
    const spanOf = () => (strip.ofScope({ kind: 'workspace' }).buckets.at(-1)?.to ?? 0) - start
    expect(spanOf()).toBeGreaterThan(699 * day)
    const hashes = () =>
      copy.database.client.prepare('SELECT occurred_at, hash FROM events WHERE position < 5').all()
    const stored = hashes()

    copy.record(corrected(copy.chain(), 3, 3, -700 * day + 500), workspace, start + 2_000)
    catchUp(copy)
    expect(hashes()).toEqual(stored)
    expect(feed.page({ kind: 'workspace' }, { limit: 9 }).map(({ event }) => event.type)).toEqual([
      'times_corrected',
      'commented',
      'created',
      'created',
      'workspace_created',
    ])
    expect(feed.page({ kind: 'workspace' }, { limit: 9 })[2]?.event).toMatchObject({
      streamId: issue(2).id,
      occurredAt: start + 500,
      recordedAt: start + 700 * day,
    })
    expect(copy.log.issue(issue(2).id)).toMatchObject({ createdAt: start + 500, updatedAt: start + 500 })
    expect(copy.log.issueAsOf(issue(2).id, start + 600).exists).toBe(true)
    expect(spanOf()).toBeLessThan(2 * day)
    expect([...eventTexts(copy.database)].map(({ occurredAt }) => occurredAt)[2]).toBe(start + 500)
    expectAsFolded(copy)
    expect(digest(copy)).not.toBe(before)
    expect(rebuildProjections(copy.database, options).repaired).toEqual([])

    copy.record(corrected(copy.chain(), 3, 3, 700 * day - 500), workspace, start + 3_000)
    catchUp(copy)
    expect(copy.log.issue(issue(2).id).createdAt).toBe(start + 700 * day)
    expect(digest(copy)).toBe(before)
    expectAsFolded(copy)
    expect(rebuildProjections(copy.database, options).repaired).toEqual([])
  })

  it('are what another connection sees, too', () => {
    const copy = copyOf(founder)
    copy.record(made, workspace)
    copy.record(created, issue(1), start + 700 * day)
    const opened = openDatabase(copy.database.file)
    if (!opened.ok) throw new Error(opened.error.message)
    const second = openEventLog(opened.value, options)
    expect(second.issue(issue(1).id).createdAt).toBe(start + 700 * day)
    copy.record(corrected(copy.chain(), 2, 2, -700 * day), workspace)
    expect(second.issue(issue(1).id).createdAt).toBe(start)
    expect(second.readStream(issue(1))[0]).toMatchObject({ occurredAt: start, recordedAt: start + 700 * day })
    opened.value.client.close()
  })

  it('stay within the years there are', () => {
    const copy = copyOf(founder)
    copy.record(made, workspace)
    copy.record(created, issue(1))
    const most = lastInstant - firstInstant
    for (let count = 0; count < 40; count++) copy.record(corrected(copy.chain(), 2, 2, most), workspace)
    expect(copy.log.issue(issue(1).id).createdAt).toBe(lastInstant)
    for (let count = 0; count < 40; count++) copy.record(corrected(copy.chain(), 2, 2, -most), workspace)
    expect(copy.log.issue(issue(1).id).createdAt).toBe(start)
    for (const wrong of [
      corrected(copy.chain(), 2, 1, 5),
      corrected(copy.chain(), 0, 1, 5),
      corrected(copy.chain(), 1, 10_001, 5),
      corrected(copy.chain(), 1, 1, 0),
      corrected(copy.chain(), 1, 1, most + 1),
      corrected(copy.chain(), 1, 1, 0.5),
    ])
      expect(() => copy.record(wrong, workspace)).toThrow()
  })

  it('of a chain are its own member’s and the owners’ to correct; what others say of them is kept and does nothing', () => {
    const copies = [copyOf(founder), copyOf(other)] as const
    const [ours, theirs] = copies
    ours.record(made, workspace)
    ours.record(created, issue(1))
    theirs.pull(ours)
    theirs.record(created, issue(2))
    theirs.record(corrected(ours.chain(), 1, 2, -day), workspace, start, other)
    theirs.record(corrected(theirs.chain(), 1, 1, -day), workspace, start, stranger)
    ours.pull(theirs)
    for (const copy of copies) {
      expect(copy.log.issue(issue(1).id).createdAt).toBe(start)
      expect(copy.log.issue(issue(2).id).createdAt).toBe(start)
      expect(copy.log.position()).toBe(5)
    }
    theirs.record(corrected(theirs.chain(), 1, 1, -day), workspace, start, other)
    ours.pull(theirs)
    ours.record(corrected(theirs.chain(), 1, 1, -day), workspace)
    theirs.pull(ours)
    for (const copy of copies) expect(copy.log.issue(issue(2).id).createdAt).toBe(start - 2 * day)
  })

  it('of anybody are every owner’s to correct, from where an owner says who they are until one says otherwise', () => {
    const copies = [copyOf(founder), copyOf(other), copyOf(stranger)] as const
    const [ours, theirs, third] = copies
    const meet = () => {
      for (const copy of copies) for (const peer of copies) if (peer !== copy) copy.pull(peer)
    }
    ours.record(made, workspace)
    ours.record(created, issue(1))
    meet()
    const createdAt = () => {
      meet()
      for (const copy of copies) expectAsFolded(copy)
      const [first, ...rest] = copies.map((copy) => copy.log.issue(issue(1).id).createdAt)
      for (const at of rest) expect(at).toBe(first)
      return ((first ?? 0) - start) / day
    }
    // Nobody makes himself one, nor is what was said before he was counted later.
    third.record(noted(stranger), workspace)
    third.record(corrected(ours.chain(), 2, 2, day), workspace, start + 1)
    expect(createdAt()).toBe(0)
    meet()
    ours.record(noted(founder, other, stranger), workspace, start + 2)
    expect(createdAt()).toBe(0)
    third.record(corrected(ours.chain(), 2, 2, day), workspace, start + 3)
    expect(createdAt()).toBe(1)
    // One of them may say that the founder and another are none any more; what they corrected stays.
    theirs.record(noted(other), workspace, start + 4)
    meet()
    third.record(corrected(ours.chain(), 2, 2, day), workspace, start + 5)
    ours.record(corrected(theirs.chain(), 1, 1, day), workspace, start + 5)
    expect(createdAt()).toBe(1)
    expect(ours.log.corrections.owners()).toEqual([other])
    theirs.record(corrected(ours.chain(), 2, 2, day), workspace, start + 6)
    expect(createdAt()).toBe(2)
    for (const copy of copies) expect(rebuildProjections(copy.database, options).repaired).toEqual([])
  })
})
