import { describe, expect, it } from 'vitest'
import type { FeedItem } from '#contract/answers/answers.ts'
import { foldSummary } from './fold-summary.ts'
import { automationOf, plainSentence } from './sentence.ts'

const words = {
  statusName: (id: string) => ({ open: 'Open', in_progress: 'In progress' })[id] ?? id,
  showIssue: true,
}

function anItem(type: string, data: Record<string, unknown>, over: Partial<FeedItem> = {}): FeedItem {
  return {
    position: 1,
    id: 'e1',
    type,
    streamType: 'issue',
    occurredAt: 0,
    actorId: 'ada',
    triggeredBy: 'manual',
    data,
    metadata: {},
    issue: { id: 'i1', key: 'DOC-42', title: 'Fix it' },
    comment: null,
    names: { bob: 'Bob', bug: 'bug', other: 'DOC-7 Other', site: 'Website', app: 'App' },
    superseded: false,
    clockAheadMillis: null,
    clockJumpMillis: null,
    erased: false,
    waiting: null,
    ...over,
  }
}
const said = (type: string, data: Record<string, unknown>, over?: Partial<FeedItem>) =>
  plainSentence(anItem(type, data, over), 'Ada', words)
const saidOnPage = (type: string, data: Record<string, unknown>) =>
  plainSentence(anItem(type, data), 'Ada', { ...words, showIssue: false })

describe('the sentence of an event', () => {
  it('puts what changed as from → to in place', () => {
    expect(said('status_changed', { from: 'open', to: 'in_progress', transition: 'start' })).toBe(
      'Ada moved DOC-42 Open → In progress',
    )
    expect(said('title_changed', { from: 'Fix', to: 'Fix it' })).toBe('Ada renamed DOC-42 “Fix” → “Fix it”')
    expect(said('priority_changed', { from: 'none', to: 'high' })).toBe(
      'Ada set the priority of DOC-42 no priority → high',
    )
    expect(said('due_date_changed', { from: '2026-01-01', to: null })).toBe(
      'Ada removed the due date of DOC-42 (was 1 January 2026)',
    )
  })

  it('tells into which project an issue was moved, between which, and out of which', () => {
    expect(saidOnPage('project_changed', { from: null, to: 'site' })).toBe(
      'Ada moved this to the project “Website”',
    )
    expect(said('project_changed', { from: 'site', to: 'app' })).toBe(
      'Ada changed the project of DOC-42 “Website” → “App”',
    )
    expect(said('project_changed', { from: 'app', to: null })).toBe(
      'Ada took DOC-42 out of the project “App”',
    )
  })

  it('does not repeat the issue on its own page', () => {
    expect(saidOnPage('labeled', { labelId: 'bug' })).toBe('Ada added the label “bug”')
    expect(saidOnPage('created', { title: 'x', status: 'open' })).toBe('Ada created this issue')
    expect(saidOnPage('assigned', { memberId: 'bob' })).toBe('Ada assigned this to Bob')
  })

  it('gives the reason of a move', () => {
    expect(
      said('status_changed', { from: 'open', to: 'in_progress', transition: 'start', reason: 'now' }),
    ).toBe('Ada moved DOC-42 Open → In progress: now')
  })

  it('tells taking an issue from giving it to somebody', () => {
    expect(said('assigned', { memberId: 'ada' })).toBe('Ada took DOC-42')
    expect(said('assigned', { memberId: 'bob' })).toBe('Ada assigned DOC-42 to Bob')
  })

  it('is a general one for a type that Docket does not know, even one named like a property of every object', () => {
    expect(said('deployed_to_prod', { anything: 1 })).toBe('Ada recorded “deployed to prod” on DOC-42')
    expect(said('constructor', {})).toBe('Ada recorded “constructor” on DOC-42')
  })

  it('says of what only a newer Docket knows that a newer one recorded it, and nothing of what it holds', () => {
    expect(said('title_changed', {}, { waiting: 'unknown' })).toBe(
      'Ada did something that a newer Docket recorded on DOC-42',
    )
  })

  it('says that the content was erased without reading it', () => {
    expect(said('title_changed', {}, { erased: true })).toContain('erased')
  })

  it('names the rule and the cause of what was automated', () => {
    const metadata = { triggeredBy: 'automation', rule: 'Close stale', causationId: 'e0' }
    expect(automationOf(anItem('archived', {}, { triggeredBy: 'automation', metadata }))).toEqual({
      rule: 'Close stale',
      causeId: 'e0',
      because: null,
    })
    expect(automationOf(anItem('archived', {}))).toBeNull()
  })
})

describe('the line of a fold', () => {
  it('says what was done, oldest first, with names', () => {
    expect(
      foldSummary([
        anItem('priority_changed', { from: 'none', to: 'high' }),
        anItem('labeled', { labelId: 'bug' }),
      ]),
    ).toBe('added bug and set the priority')
  })

  it('counts where there are many', () => {
    const many = Array.from({ length: 6 }, (_, n) =>
      anItem('labeled', { labelId: `l${n}` }, { names: { [`l${n}`]: `label ${n}` } }),
    )
    expect(foldSummary(many)).toBe('added label 5, label 4 and 4 more')
    expect(foldSummary([anItem('linked', {}), anItem('linked', {})])).toBe('added 2 links')
  })
})
