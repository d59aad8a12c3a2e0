import { describe, expect, it } from 'vitest'
import type { FeedItem } from '#contract/views.ts'
import { directoryEventTypes } from '#core/directory-events.ts'
import { issueEventTypes } from '#core/issue-events.ts'
import { ruleEventTypes } from '#core/rules/rule-events.ts'
import { foldSummary } from './fold-summary.ts'
import { automationOf, plainSentence, plainValue, sentenceOf } from './sentence.ts'

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

/** One payload for every type there is; a type that is missing here fails the first test. */
const payloads: Record<string, Record<string, unknown>> = {
  created: { title: 'Fix it', status: 'open' },
  title_changed: { from: 'Fix', to: 'Fix it' },
  description_changed: { to: 'text' },
  priority_changed: { from: 'none', to: 'high' },
  due_date_changed: { from: null, to: '2026-03-03' },
  project_changed: { from: null, to: 'site' },
  assigned: { memberId: 'bob' },
  unassigned: { memberId: 'bob' },
  labeled: { labelId: 'bug' },
  unlabeled: { labelId: 'bug' },
  commented: { commentId: 'c', body: 'hello' },
  comment_edited: { commentId: 'c', body: 'hello' },
  comment_deleted: { commentId: 'c' },
  status_changed: { from: 'open', to: 'in_progress', transition: 'start' },
  linked: { kind: 'blocks', target: 'other' },
  unlinked: { kind: 'blocks', target: 'other' },
  subscribed: { memberId: 'ada' },
  unsubscribed: { memberId: 'bob' },
  muted: { memberId: 'ada' },
  unmuted: { memberId: 'bob' },
  notified: { memberId: 'bob', text: 'Look at this' },
  rule_added: { rule: { name: 'Stale', when: { kind: 'idle', days: 14 }, query: '', then: [] } },
  rule_changed: {
    from: { name: 'Stale', when: { kind: 'idle', days: 14 }, query: '', then: [] },
    to: { name: 'Stale', when: { kind: 'idle', days: 14 }, query: 'is:open', then: [] },
  },
  rule_enabled: { name: 'Stale' },
  rule_disabled: { name: 'Stale' },
  rule_removed: { name: 'Stale' },
  member_email_changed: { from: null, to: 'ada@example.org' },
  rule_hold_answered: { name: 'Stale', acts: true, upTo: 1_764_460_800_000, issues: 300 },
  viewed: {},
  archived: {},
  restored: {},
  field_changed: { field: 'sprint', from: 3, to: 4 },
  attached: { name: 'trace.txt' },
  numbered: { number: 42 },
  conflict_settled: { conflict: 'title a b', how: 'flipped' },
  workspace_created: { name: 'Docs', keyPrefix: 'DOC' },
  workspace_renamed: { from: 'Docs', to: 'Docket' },
  workflow_changed: { workflow: {} },
  owners_noted: { owners: ['00000000-0000-7000-8000-0000000000a1'] },
  times_corrected: { chain: '', fromSeq: 1, toSeq: 3, byMillis: -86_400_000 },
  member_joined: { name: 'Bob', handle: 'bob' },
  member_renamed: { from: 'Bob', to: 'Robert' },
  label_created: { name: 'bug', colour: '#cf5363' },
  label_renamed: { from: 'bug', to: 'defect' },
  label_recoloured: { from: '#cf5363', to: '#5e6ad2' },
  project_created: { name: 'Website' },
  project_renamed: { from: 'Website', to: 'Site' },
}

describe('the sentence of an event', () => {
  it.each([...issueEventTypes, ...directoryEventTypes, ...ruleEventTypes].map((type) => type.name))(
    'exists for %s',
    (type) => {
      const data = payloads[type]
      expect(data).toBeDefined()
      const sentence = sentenceOf(anItem(type, data ?? {}), 'Ada')
      expect(sentence.icon).not.toBe('custom')
      expect(said(type, data ?? {})).not.toMatch(/undefined|\[object|null/)
    },
  )

  it('puts what changed as from → to in place', () => {
    expect(said('status_changed', { from: 'open', to: 'in_progress', transition: 'start' })).toBe(
      'Ada moved DOC-42 Open → In progress',
    )
    expect(said('title_changed', { from: 'Fix', to: 'Fix it' })).toBe('Ada renamed DOC-42 Fix → Fix it')
    expect(said('priority_changed', { from: 'none', to: 'high' })).toBe(
      'Ada set the priority of DOC-42 no priority → high',
    )
    expect(said('due_date_changed', { from: '2026-01-01', to: null })).toBe(
      'Ada removed the due date of DOC-42 2026-01-01',
    )
  })

  it('tells into which project an issue was moved, between which, and out of which', () => {
    expect(saidOnPage('project_changed', { from: null, to: 'site' })).toBe(
      'Ada moved this to the project Website',
    )
    expect(said('project_changed', { from: 'site', to: 'app' })).toBe(
      'Ada changed the project of DOC-42 Website → App',
    )
    expect(said('project_changed', { from: 'app', to: null })).toBe('Ada took DOC-42 out of the project App')
  })

  it('does not repeat the issue on its own page', () => {
    expect(saidOnPage('labeled', { labelId: 'bug' })).toBe('Ada added the label bug')
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
    expect(said('deployed_to_prod', { anything: 1 })).toBe('Ada recorded deployed to prod on DOC-42')
    expect(sentenceOf(anItem('constructor', {}), 'Ada').icon).toBe('custom')
  })

  it('says of what only a newer Docket knows that a newer one recorded it, and nothing of what it holds', () => {
    const said = sentenceOf(anItem('title_changed', {}, { waiting: 'unknown' }), 'Ada')
    expect(said).toMatchObject({ icon: 'custom', reason: null })
    expect(JSON.stringify(said)).toContain('something that a newer Docket recorded')
  })

  it('says that the content was erased without reading it', () => {
    expect(said('title_changed', {}, { erased: true })).toContain('erased')
  })

  it('keeps a value of an imported field to one short line', () => {
    expect(plainValue({ a: ['b'] })).toBe('{"a":["b"]}')
    expect(plainValue(['AC-1', 2])).toBe('AC-1, 2')
    expect(plainValue(`${'x'.repeat(200)}\n`)).toHaveLength(80)
    expect(said('field_changed', { field: 'sprint', from: 3, to: null })).toBe(
      'Ada cleared sprint of DOC-42 3',
    )
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
