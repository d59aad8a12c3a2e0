import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FeedItem } from '#contract/answers/answers.ts'
import { foldSpanMillis, groupFeed } from './grouping.ts'

const minute = 60_000
const dayOf = (instant: number) => new Date(instant).toISOString().slice(0, 10)
let made = 0

function anItem(over: Partial<FeedItem>): FeedItem {
  made += 1
  return {
    position: made,
    id: `event-${made}`,
    type: 'labeled',
    streamType: 'issue',
    occurredAt: 0,
    actorId: 'ada',
    triggeredBy: 'manual',
    data: {},
    metadata: {},
    issue: { id: 'one', key: 'DOC-1', title: 'One' },
    comment: null,
    names: {},
    superseded: false,
    clockAheadMillis: null,
    clockJumpMillis: null,
    erased: false,
    waiting: null,
    ...over,
  }
}

const noon = Date.UTC(2026, 2, 3, 12)
const shapes = (items: readonly FeedItem[]) =>
  groupFeed(items, dayOf).map((entry) =>
    entry.kind === 'fold'
      ? `fold of ${entry.items.length}`
      : entry.kind === 'day'
        ? entry.day
        : entry.item.type,
  )

describe('a feed', () => {
  it('folds small events of one person within ten minutes', () => {
    const items = [
      anItem({ occurredAt: noon + 2 * minute }),
      anItem({ occurredAt: noon + minute, type: 'assigned' }),
      anItem({ occurredAt: noon }),
    ]
    expect(shapes(items)).toEqual(['2026-03-03', 'fold of 3'])
  })

  it('does not fold across people, issues, a comment, or more than ten minutes', () => {
    const other = anItem({ occurredAt: noon, actorId: 'bob' })
    const elsewhere = anItem({
      occurredAt: noon,
      actorId: 'bob',
      type: 'assigned',
      issue: { id: 'two', key: 'DOC-2', title: 'Two' },
    })
    const comment = anItem({ occurredAt: noon, type: 'commented' })
    const old = anItem({ occurredAt: noon - foldSpanMillis - 1 })
    expect(
      shapes([anItem({ occurredAt: noon }), other, elsewhere, comment, anItem({ occurredAt: noon }), old]),
    ).toEqual(['2026-03-03', 'labeled', 'labeled', 'assigned', 'commented', 'labeled', 'labeled'])
  })

  it('folds the same small change over many issues', () => {
    const over = (id: string) => anItem({ occurredAt: noon, issue: { id, key: id, title: id } })
    expect(shapes([over('a'), over('b'), over('c')])).toEqual(['2026-03-03', 'fold of 3'])
  })

  it('shows a move, and an event that has no effect, by itself', () => {
    const moved = anItem({ occurredAt: noon, type: 'status_changed' })
    expect(
      shapes([moved, anItem({ occurredAt: noon, superseded: true }), anItem({ occurredAt: noon })]),
    ).toEqual(['2026-03-03', 'status_changed', 'labeled', 'labeled'])
  })

  it('shows who looked at an issue as one line, whoever it was', () => {
    const view = (actorId: string) => anItem({ occurredAt: noon, type: 'viewed', actorId })
    expect(shapes([view('ada'), view('bob'), anItem({ occurredAt: noon })])).toEqual([
      '2026-03-03',
      'fold of 2',
      'labeled',
    ])
  })

  it('keeps the key of a fold when newer events join it at the top', () => {
    const [newer, middle, oldest] = [
      anItem({ occurredAt: noon + 2 }),
      anItem({ occurredAt: noon + 1 }),
      anItem({ occurredAt: noon }),
    ]
    expect(groupFeed([newer, middle, oldest], dayOf)[1]?.key).toBe(groupFeed([middle, oldest], dayOf)[1]?.key)
  })

  const anyItem = fc
    .record({
      type: fc.constantFrom('labeled', 'viewed', 'commented', 'status_changed', 'assigned', 'deployed'),
      actorId: fc.constantFrom('ada', 'bob'),
      occurredAt: fc.integer({ min: noon, max: noon + 3 * 86_400_000 }),
      issueId: fc.constantFrom('one', 'two', null),
      superseded: fc.boolean(),
      triggeredBy: fc.constantFrom('manual', 'automation', 'import'),
    })
    .map(({ issueId, ...over }) =>
      anItem({ ...over, issue: issueId === null ? null : { id: issueId, key: issueId, title: issueId } }),
    )
  const feeds = fc
    .array(anyItem, { maxLength: 60 })
    .map((items) => [...items].sort((a, b) => b.occurredAt - a.occurredAt))

  it('loses no item and keeps the order', () => {
    fc.assert(
      fc.property(feeds, (items) => {
        const entries = groupFeed(items, dayOf)
        const flat = entries.flatMap((entry) =>
          entry.kind === 'day' ? [] : entry.kind === 'fold' ? entry.items : [entry.item],
        )
        expect(flat).toEqual(items)
        expect(new Set(entries.map((entry) => entry.key)).size).toBe(entries.length)
      }),
    )
  })

  it('folds only what is at most ten minutes and one day apart, under its day', () => {
    fc.assert(
      fc.property(feeds, (items) => {
        let day = ''
        for (const entry of groupFeed(items, dayOf)) {
          if (entry.kind === 'day') {
            expect(entry.day).not.toBe(day)
            day = entry.day
            continue
          }
          const inside = entry.kind === 'fold' ? entry.items : [entry.item]
          for (const item of inside) expect(dayOf(item.occurredAt)).toBe(day)
          const times = inside.map((item) => item.occurredAt)
          expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(foldSpanMillis)
          if (inside[0]?.type !== 'viewed') expect(new Set(inside.map((item) => item.actorId)).size).toBe(1)
        }
      }),
    )
  })
})
