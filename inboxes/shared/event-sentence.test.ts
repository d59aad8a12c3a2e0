import { describe, expect, it } from 'vitest'
import { bug, describedWorkspace, website } from '../testing/described-workspace.ts'
import { ada, grace, idOf, makeEvent } from '../testing/made-events.ts'
import { cutAtWord } from './cut-text.ts'
import { eventSentence } from './event-sentence.ts'

const other = idOf(0x1002)
const issue = { exists: true, status: 'open', authorId: ada }
const workspace = describedWorkspace({
  issues: [
    { ...issue, id: makeEvent('viewed').streamId, number: 42, title: 'The export hangs' },
    { ...issue, id: other, number: 43, title: 'Another' },
  ],
})
const say = (
  type: string,
  data: unknown = {},
  overrides: Parameters<typeof makeEvent>[2] = {},
  limit = 200,
) => eventSentence(makeEvent(type, data, overrides), workspace, limit)

describe('what happened to an issue, in a sentence', () => {
  const comment = { commentId: idOf(5), body: 'Does it\n\n  still  happen?' }
  it.each([
    ['created', { title: 'The export hangs', status: 'open' }, 'Ada created DOC-42: The export hangs'],
    ['title_changed', { from: 'a', to: 'b' }, 'Ada renamed DOC-42 to “b”'],
    ['description_changed', { to: 'Steps' }, 'Ada wrote the description of DOC-42: Steps'],
    [
      'description_changed',
      { replaces: idOf(1), to: 'Steps' },
      'Ada edited the description of DOC-42: Steps',
    ],
    ['description_changed', { to: '' }, 'Ada cleared the description of DOC-42'],
    ['priority_changed', { from: 'none', to: 'high' }, 'Ada set the priority of DOC-42 to high'],
    ['priority_changed', { from: 'high', to: 'none' }, 'Ada took the priority off DOC-42'],
    [
      'due_date_changed',
      { from: null, to: '2026-11-30' },
      'Ada set the due date of DOC-42 to 30 November 2026',
    ],
    [
      'due_date_changed',
      { from: '2026-11-01', to: '2026-11-30' },
      'Ada moved the due date of DOC-42 to 30 November 2026',
    ],
    ['due_date_changed', { from: '2026-11-30', to: null }, 'Ada removed the due date of DOC-42'],
    ['project_changed', { from: null, to: website }, 'Ada moved DOC-42 to the project “Website”'],
    ['project_changed', { from: website, to: null }, 'Ada took DOC-42 out of the project “Website”'],
    ['assigned', { memberId: grace }, 'Ada assigned DOC-42 to Grace'],
    ['assigned', { memberId: ada }, 'Ada took DOC-42'],
    ['unassigned', { memberId: grace }, 'Ada took DOC-42 from Grace'],
    ['unassigned', { memberId: ada }, 'Ada gave up DOC-42'],
    ['labeled', { labelId: bug }, 'Ada added the label “bug” to DOC-42'],
    ['unlabeled', { labelId: bug }, 'Ada removed the label “bug” from DOC-42'],
    ['commented', comment, 'Ada commented on DOC-42: Does it still happen?'],
    ['comment_edited', comment, 'Ada edited a comment on DOC-42: Does it still happen?'],
    ['comment_deleted', { commentId: idOf(5) }, 'Ada deleted a comment on DOC-42'],
    [
      'status_changed',
      { from: 'open', to: 'in_progress', transition: 'start' },
      'Ada moved DOC-42 to In progress',
    ],
    [
      'status_changed',
      { from: 'open', to: 'gone', transition: 'x', reason: 'No need' },
      'Ada moved DOC-42 to gone: No need',
    ],
    ['linked', { kind: 'blocks', target: other }, 'Ada marked DOC-42 as blocking DOC-43'],
    ['linked', { kind: 'relates_to', target: other }, 'Ada related DOC-42 to DOC-43'],
    ['linked', { kind: 'duplicates', target: other }, 'Ada marked DOC-42 as a duplicate of DOC-43'],
    ['linked', { kind: 'parent', target: other }, 'Ada put DOC-42 under DOC-43'],
    ['unlinked', { kind: 'parent', target: other }, 'Ada marked DOC-42 as no longer under DOC-43'],
    ['subscribed', { memberId: ada }, 'Ada subscribed to DOC-42'],
    ['subscribed', { memberId: grace }, 'Ada subscribed Grace to DOC-42'],
    ['unsubscribed', { memberId: ada }, 'Ada unsubscribed from DOC-42'],
    ['muted', { memberId: ada }, 'Ada muted DOC-42'],
    ['unmuted', { memberId: ada }, 'Ada unmuted DOC-42'],
    ['viewed', {}, 'Ada viewed DOC-42'],
    ['archived', {}, 'Ada archived DOC-42'],
    ['restored', {}, 'Ada restored DOC-42'],
    [
      'field_changed',
      { field: 'Severity', from: null, to: 'Major' },
      'Ada set “Severity” of DOC-42 to Major',
    ],
    ['field_changed', { field: 'Sprints', from: null, to: [1, 2] }, 'Ada set “Sprints” of DOC-42 to 1, 2'],
    ['field_changed', { field: 'Severity', from: 'Major', to: null }, 'Ada cleared “Severity” of DOC-42'],
    ['attached', { name: 'log.txt' }, 'Ada attached log.txt to DOC-42'],
  ])('%s %j', (type, data, sentence) => {
    expect(say(type, data)).toBe(sentence)
  })

  it('a type of somebody’s own, what only a newer Docket knows, and what can’t be read get a general one', () => {
    expect(say('was_deployed')).toBe('Ada recorded “was deployed” on DOC-42')
    expect(say('commented', {}, { waiting: 'unknown' })).toBe(
      'Ada did something that a newer Docket recorded on DOC-42',
    )
    expect(say('commented', {}, { waiting: 'unreadable' })).toBe(
      'Ada did something that can’t be read here on DOC-42',
    )
    expect(say('toString')).toBe('Ada recorded “toString” on DOC-42')
  })

  it('a rule is named instead of the member it acted for', () => {
    const metadata = { triggeredBy: 'automation', ruleName: 'Triage' } as const
    expect(say('assigned', { memberId: ada }, { metadata })).toBe('The rule “Triage” assigned DOC-42 to Ada')
    expect(say('archived', {}, { metadata: { triggeredBy: 'automation' } })).toBe('A rule archived DOC-42')
  })

  it('somebody who is gone is somebody', () => {
    expect(say('assigned', { memberId: idOf(0x99) }, { actorId: idOf(0x98) })).toBe(
      'Someone assigned DOC-42 to someone',
    )
  })

  it('a long text is cut after a whole word, and left out where there is no room for any', () => {
    const body = 'one two three four five'
    expect(say('commented', { commentId: idOf(5), body }, {}, 14)).toBe(
      'Ada commented on DOC-42: one two three…',
    )
    expect(say('commented', { commentId: idOf(5), body }, {}, 0)).toBe('Ada commented on DOC-42')
  })
})

describe('what happened to the workspace', () => {
  const joined = { name: 'Grace', handle: 'grace' }
  it.each([
    ['member_joined', 'member', joined, 'Ada added Grace as @grace'],
    ['label_renamed', 'label', { from: 'bug', to: 'defect' }, 'Ada renamed the label bug to defect'],
    ['workspace_renamed', 'workspace', { from: 'a', to: 'b' }, 'Ada renamed the workspace to b'],
  ] as const)('%s', (type, streamType, data, sentence) => {
    expect(say(type, data, { streamType, streamId: idOf(0xc1) })).toBe(sentence)
  })

  it('somebody who added themselves joined', () => {
    expect(say('member_joined', joined, { streamType: 'member', actorId: grace })).toBe(
      'Grace joined as @grace',
    )
  })
})

describe('cutting a text', () => {
  it.each([
    ['one two three', 13, 'one two three'],
    ['one two three', 12, 'one two…'],
    ['one two, three', 10, 'one two…'],
    ['incomprehensibilities', 10, 'incompreh…'],
    ['a incomprehensibilities', 10, 'a incompr…'],
    ['😀😀😀', 4, '😀…'],
    ['text', 0, ''],
    ['text', 1, '…'],
  ])('%j to %i is %j', (text, limit, expected) => {
    const cut = cutAtWord(text, limit)
    expect(cut).toBe(expected)
    expect(cut.length).toBeLessThanOrEqual(limit)
    expect(cut.isWellFormed()).toBe(true)
  })
})
