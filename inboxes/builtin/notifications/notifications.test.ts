import { describe, expect, test } from 'vitest'
import type { RecordedEvent } from '#core/events/event.ts'
import type { IssueState } from '#core/issue/issue-state.ts'
import type { Notice } from '../../contract/notice-book.ts'
import { bug } from '../../testing/described-workspace.ts'
import { heardIssue } from '../../testing/heard-issue.ts'
import { contextFor, recordingHost } from '../../testing/inbox-context.ts'
import { ada, grace, idOf, issueOne, makeDelivery, makeEvent } from '../../testing/made-events.ts'
import { inAppInbox } from './in-app.ts'
import { notificationsInbox } from './notifications.ts'
import { isQuietTime } from './quiet-hours.ts'

const issueOf = (id: string, number: number, title: string) => heardIssue(id, number, title, [ada])
type Issue = Partial<IssueState> & { readonly id: string }
const one = issueOf(issueOne, 42, 'The export hangs')
const more = [2, 3, 4, 5].map((number) => issueOf(idOf(0x1000 + number), 41 + number, `Issue ${number}`))

const comment = (overrides: Parameters<typeof makeEvent>[2] = {}, data: object = {}) =>
  makeEvent(
    'commented',
    { commentId: idOf(0xc0), body: 'Same here', ...data },
    { actorId: grace, ...overrides },
  )

type Given = { settings?: object; issues?: readonly Issue[]; events?: readonly RecordedEvent[]; now?: number }
function around({ settings, issues, events, now }: Given = {}) {
  const host = recordingHost()
  const noted: Notice[] = []
  const context = contextFor(notificationsInbox, {
    settings: settings ?? {},
    workspace: { issues: issues ?? [one, ...more], events: events ?? [] },
    host,
    notices: { add: (notice) => void noted.push(notice) },
    ...(now === undefined ? {} : { now: () => now }),
  })
  return { host, context, noted }
}
const deliveries = (events: readonly RecordedEvent[]) =>
  events.map((event) => makeDelivery(event, 'notifications'))

describe('who is told', () => {
  const tells = (event: RecordedEvent, given: Given = {}) => {
    const { context, noted } = around({ events: [event], ...given })
    const shown = notificationsInbox.shouldProcess(event, context)
    const kept = inAppInbox.shouldProcess(event, { ...context, settings: {} })
    expect(kept).toBe(shown)
    if (kept) inAppInbox.handle(event, { ...context, settings: {} })
    return noted[0]?.reason ?? null
  }
  const strange = { ...one, subscribers: {} }

  test('of an issue that I am subscribed or assigned to, or mentioned in', () => {
    expect(tells(comment())).toBe('subscribed')
    expect(tells(comment(), { issues: [strange] })).toBeNull()
    expect(tells(comment(), { issues: [{ ...strange, assignees: [ada] }] })).toBe('assigned')
    expect(tells(comment({}, { mentions: [ada] }), { issues: [strange] })).toBe('mentioned')
  })
  test('never of what I did, nor of an issue that I muted', () => {
    expect(tells(comment({ actorId: ada }))).toBeNull()
    expect(
      tells(comment(), {
        issues: [{ ...one, subscribers: { [ada]: { on: true, said: false, muted: true } } }],
      }),
    ).toBeNull()
  })
  test('not of what is no issue, nor of what waits to be known or readable', () => {
    expect(tells(makeEvent('label_created', {}, { actorId: grace, streamType: 'label' }))).toBeNull()
    for (const waiting of ['unknown', 'unreadable'] as const)
      expect(tells(comment({ waiting }, { body: undefined }))).toBeNull()
  })

  const by = (cause: RecordedEvent | undefined, actorId: string) =>
    comment({
      actorId,
      metadata: { triggeredBy: 'automation', ...(cause ? { causationId: cause.id } : {}) },
    })
  test('of what my rule did because of somebody else, and by the clock', () => {
    const cause = makeEvent('archived', {}, { actorId: grace })
    const event = by(cause, ada)
    expect(tells(event, { events: [cause, event] })).toBe('subscribed')
    expect(tells(by(undefined, ada))).toBe('subscribed')
  })
  test('not of what a rule did because of me, however long the chain, whoever the rule acts for', () => {
    const mine = makeEvent('archived', {}, { actorId: ada })
    const first = by(mine, grace)
    const second = by(first, grace)
    const events = [mine, first, second]
    expect(tells(first, { events })).toBeNull()
    expect(tells(second, { events })).toBeNull()
  })
  test('of what a rule has to say to me, also where I set it off, and to nobody else', () => {
    const mine = makeEvent('archived', {}, { actorId: ada })
    const metadata = { triggeredBy: 'automation', causationId: mine.id } as const
    const notified = (memberId: string) => makeEvent('notified', { memberId, text: 'Due' }, { metadata })
    const toMe = notified(ada)
    const toGrace = notified(grace)
    expect(tells(toMe, { events: [mine, toMe] })).toBe('rule')
    expect(tells(toGrace, { events: [mine, toGrace] })).toBeNull()
  })
  test('of a change that came before my own and took its effect', () => {
    const move = { from: 'open', to: 'resolved', transition: 'resolve' }
    const theirs = makeEvent('status_changed', move, { actorId: grace })
    const mine = makeEvent('status_changed', { from: 'open', to: 'closed', transition: 'close' })
    const events = [theirs, mine]
    expect(tells(theirs, { events, issues: [strange] })).toBe('superseded')
    expect(tells(theirs, { events: [theirs], issues: [strange] })).toBeNull()
  })
  test('in the window alone, of a change that took the effect from my own of what is no issue', () => {
    const of = { streamType: 'label', streamId: bug } as const
    const made = makeEvent('label_created', { name: 'bug', colour: '#cf5363' }, of)
    const mine = makeEvent('label_renamed', { from: 'bug', to: 'defect' }, of)
    const renamed = (from: string) =>
      makeEvent('label_renamed', { from, to: 'fault' }, { ...of, actorId: grace })
    for (const [theirs, reason] of [
      [renamed('bug'), 'superseded'],
      [renamed('defect'), undefined],
    ] as const) {
      const { context, noted } = around({ events: [made, mine, theirs] })
      expect(notificationsInbox.shouldProcess(theirs, context)).toBe(false)
      for (const event of [made, mine, theirs]) inAppInbox.handle(event, { ...context, settings: {} })
      expect(noted.map((notice) => [notice.streamId, notice.reason])).toEqual(reason ? [[bug, reason]] : [])
    }
  })
  test('in the window with where to find it', () => {
    const event = comment()
    const { context, noted } = around({ events: [event] })
    inAppInbox.handle(event, { ...context, settings: {} })
    const { id: eventId, position, occurredAt } = event
    expect(noted).toEqual([{ streamId: issueOne, eventId, position, occurredAt, reason: 'subscribed' }])
  })
  test('only of the types that I asked for pops up', () => {
    const { context } = around({ settings: { types: ['status_changed'] } })
    expect(notificationsInbox.shouldProcess(comment(), context)).toBe(false)
  })
})

describe('what is shown', () => {
  const showAll = async (events: readonly RecordedEvent[], given: Given = {}) => {
    const { context, host } = around({ events, ...given })
    const outcome = await notificationsInbox.handleTogether?.(deliveries(events), context)
    return { outcome, shown: host.notifications }
  }

  test('one change by itself, which leads to its issue', async () => {
    const { outcome, shown } = await showAll([comment()])
    expect(outcome).toEqual({ kind: 'done' })
    expect(shown).toEqual([
      {
        tag: issueOne,
        title: 'DOC-42 The export hangs',
        body: 'Grace commented on DOC-42: Same here',
        to: '/issue/DOC-42',
      },
    ])
  })
  test('forty changes as one summary, which leads to the inbox', async () => {
    const ids = [issueOne, ...more.map(({ id }) => id)]
    const events = Array.from({ length: 40 }, (_, at) => comment({ streamId: ids[at % 5] ?? issueOne }))
    const { shown } = await showAll(events)
    expect(shown).toEqual([
      {
        tag: 'summary',
        title: '40 changes on 5 issues',
        body: 'DOC-42 The export hangs\nDOC-43 Issue 2\nDOC-44 Issue 3\nand 2 more',
        to: '/inbox',
      },
    ])
  })
  test('several changes of one issue as one, which leads to it', async () => {
    const { shown } = await showAll([comment(), makeEvent('archived', {}, { actorId: grace })])
    expect(shown).toEqual([
      {
        tag: issueOne,
        title: 'DOC-42 The export hangs',
        body: '2 changes. The last: Grace archived DOC-42',
        to: '/issue/DOC-42',
      },
    ])
  })
  test('gathered for a moment, or for as long as is said', () => {
    expect(notificationsInbox.gatherMillis?.(around().context)).toBe(1_500)
    expect(notificationsInbox.gatherMillis?.(around({ settings: { groupMillis: 0 } }).context)).toBe(0)
  })
  test('not what was muted since', async () => {
    const event = comment()
    const mute = makeEvent('muted', { memberId: ada })
    const { context, host } = around({ events: [event, mute] })
    const outcome = await notificationsInbox.handle(makeDelivery(event, 'notifications'), context)
    expect(outcome).toEqual({ kind: 'skip', why: 'The issue was muted since.' })
    expect(host.notifications).toEqual([])
  })
  test('nothing in quiet hours', async () => {
    const settings = { quietFrom: '22:00', quietTo: '07:00' }
    const at = (hour: number) => new Date(2026, 5, 1, hour, 30).getTime()
    const night = await showAll([comment()], { settings, now: at(23) })
    expect(night.outcome).toEqual({ kind: 'skip', why: 'Quiet hours (22:00 to 07:00); it is in the inbox.' })
    expect(night.shown).toEqual([])
    expect((await showAll([comment()], { settings, now: at(7) })).shown).toHaveLength(1)
  })
  test('nothing where there is no place for it, and that is no failure', async () => {
    const { context } = around()
    const host = { ...recordingHost(), notify: () => Promise.resolve(false) }
    expect(
      await notificationsInbox.handle(makeDelivery(comment(), 'notifications'), { ...context, host }),
    ).toEqual({
      kind: 'skip',
      why: 'There was nowhere to show it; it is in the inbox.',
    })
  })
})

describe('quiet hours', () => {
  const at = (text: string) => new Date(`2026-06-01T${text}`).getTime()
  test.each([
    ['22:00', '07:00', '22:00', true],
    ['22:00', '07:00', '00:00', true],
    ['22:00', '07:00', '06:59', true],
    ['22:00', '07:00', '07:00', false],
    ['22:00', '07:00', '21:59', false],
    ['12:00', '13:00', '12:30', true],
    ['12:00', '13:00', '13:00', false],
    ['12:00', '13:00', '11:59', false],
    ['', '', '12:00', false],
  ])('from %j to %j, %s is quiet: %s', (from, to, now, quiet) => {
    expect(isQuietTime(from, to, at(now))).toBe(quiet)
  })
  test.each([
    [{ quietFrom: '22:00' }, 'a beginning and an end'],
    [{ quietFrom: '25:00', quietTo: '07:00' }, 'like 22:00'],
    [{ quietFrom: '10pm', quietTo: '7am' }, 'like 22:00'],
    [{ quietFrom: '07:00', quietTo: '07:00' }, 'can’t end when they begin'],
    [{ groupMillis: 120_000 }, 'at most a minute'],
  ])('%j is refused with a sentence', (settings, sentence) => {
    const parsed = notificationsInbox.settings.safeParse(settings)
    expect(parsed.error?.issues.map(({ message }) => message)).toContainEqual(
      expect.stringContaining(sentence),
    )
  })
})
