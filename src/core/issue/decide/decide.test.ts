import { describe, expect, it } from 'vitest'
import { foldIssue } from '../evolve.ts'
import type { IssueChange } from '../issue-events.ts'
import type { IssueState } from '../issue-state.ts'
import {
  ada,
  ben,
  bug,
  context,
  created,
  given,
  happened,
  id,
  issue,
  other,
  parse,
  site,
  stranger,
  types,
} from '../testing/decided-issue.ts'
import { decide } from './decide.ts'

describe('deciding', () => {
  it('a new issue is created with its project, people and labels, and takes the next number', () => {
    const decision = given().when({
      type: 'create',
      title: '  One ',
      assignees: [ben, ben],
      labels: [bug],
      projectId: site,
    })
    expect(types(decision)).toEqual(['created', 'project_changed', 'assigned', 'labeled'])
    expect(decision.ok && decision.value[0]?.data).toEqual({ title: 'One', status: 'open', number: 7 })
  })

  it.each([
    ['an id that is in use', [created], { type: 'create', title: 'Again' }, 'issue_exists'],
    [
      'an unknown assignee at creation',
      [],
      { type: 'create', title: 'x', assignees: [stranger] },
      'unknown_member',
    ],
    ['an issue that does not exist', [], { type: 'change_title', title: 'x' }, 'unknown_issue'],
    ['an unknown person', [created], { type: 'assign', memberId: stranger }, 'unknown_member'],
    ['an unknown label', [created], { type: 'label', labelId: stranger }, 'unknown_label'],
    ['an unknown project', [created], { type: 'change_project', projectId: stranger }, 'unknown_project'],
    [
      'an unknown project at creation',
      [],
      { type: 'create', title: 'x', projectId: stranger },
      'unknown_project',
    ],
    [
      'a transition that does not exist now',
      [created],
      { type: 'transition', transition: 'resolve' },
      'transition_not_allowed',
    ],
    ['a link to itself', [created], { type: 'link', kind: 'blocks', target: issue }, 'link_to_self'],
    ['a link to nothing', [created], { type: 'link', kind: 'blocks', target: stranger }, 'unknown_issue'],
    ['a circle of parents', [created], { type: 'link', kind: 'parent', target: other }, 'link_cycle'],
    [
      'an archived issue',
      [created, { type: 'archived', data: {} }],
      { type: 'change_title', title: 'x' },
      'issue_archived',
    ],
    ['restoring what is not archived', [created], { type: 'restore' }, 'issue_not_archived'],
    [
      'editing a comment that is not there',
      [created],
      { type: 'edit_comment', commentId: id(50), body: 'x' },
      'unknown_comment',
    ],
  ] as [string, IssueChange[], Record<string, unknown>, string][])(
    '%s is refused',
    (_, before, command, code) => {
      const decision = given(...before).when(command)
      expect(types(decision)).toBe(code)
      expect(!decision.ok && decision.error.message).toMatch(/^["A-Z].*\.$/)
    },
  )

  it('a refused transition says what is possible', () => {
    const decision = given(created).when({ type: 'transition', transition: 'resolve' })
    expect(!decision.ok && decision.error.details).toEqual({ from: 'open', allowed: ['start', 'close'] })
  })

  it.each([
    ['the same title', { type: 'change_title', title: 'One' }],
    ['the same priority', { type: 'change_priority', priority: 'none' }],
    ['no due date again', { type: 'change_due_date', dueDate: null }],
    ['no project again', { type: 'change_project', projectId: null }],
    ['unassigning somebody who is not assigned', { type: 'unassign', memberId: ben }],
    ['removing a label that it does not have', { type: 'unlabel', labelId: bug }],
  ])('%s records nothing', (_, command) => {
    expect(types(given(created).when(command))).toEqual([])
  })

  it('an issue moves between projects and out of them', () => {
    const moved: IssueChange = { type: 'project_changed', data: { from: null, to: site as never } }
    const inProject = given(created, moved)
    expect(inProject.state.project).toBe(site)
    expect(types(inProject.when({ type: 'change_project', projectId: site }))).toEqual([])
    const out = inProject.when({ type: 'change_project', projectId: null })
    expect(out.ok && out.value[0]?.data).toEqual({ from: site, to: null })
  })

  it('of two moves made apart the later one stands, and the one that lost can be made again', () => {
    const away = happened({ type: 'project_changed', data: { from: null, to: site as never } })
    const back = happened({ type: 'project_changed', data: { from: null, to: null } })
    const elsewhere = happened({ type: 'project_changed', data: { from: null, to: other as never } })
    const state = foldIssue(issue, [happened(created), away, elsewhere])
    expect(state.project).toBe(other)
    expect(state.conflicts).toMatchObject([{ field: 'project', lost: away.id, won: elsewhere.id }])
    const conflictId = state.conflicts[0]?.id
    const decision = decide(state, parse({ type: 'flip_conflict', issueId: issue, conflictId }), {
      ...context(),
      eventOf: (of) => (of === away.id ? away : undefined),
    })
    expect(types(decision)).toEqual(['project_changed', 'conflict_settled'])
    expect(foldIssue(issue, [happened(created), back]).conflicts).toEqual([])
  })

  it('only the author edits or deletes a comment', () => {
    const commented: IssueChange = { type: 'commented', data: { commentId: id(50) as never, body: 'Hm' } }
    const issueWithComment = given(created, commented)
    expect(types(issueWithComment.when({ type: 'edit_comment', commentId: id(50), body: 'Ha' }, ben))).toBe(
      'not_your_comment',
    )
    expect(types(issueWithComment.when({ type: 'edit_comment', commentId: id(50), body: 'Ha' }))).toEqual([
      'comment_edited',
    ])
    expect(types(issueWithComment.when({ type: 'delete_comment', commentId: id(50) }))).toEqual([
      'comment_deleted',
    ])
  })

  it('a description change names the event that it replaces', () => {
    const { state, when } = given({
      type: 'created',
      data: { title: 'One', status: 'open', description: 'Old' },
    })
    const decision = when({ type: 'change_description', description: 'New' })
    expect(decision.ok && decision.value[0]?.data).toEqual({ replaces: state.descriptionEventId, to: 'New' })
  })
})

describe('mentioning', () => {
  const first: IssueChange = {
    type: 'created',
    data: { title: 'One', status: 'open', description: 'For @ada', mentions: [ada as never] },
  }
  const data = (decision: ReturnType<typeof decide>) => (decision.ok ? decision.value[0]?.data : undefined)

  it('a description and a comment record whom they mention, and nobody else', () => {
    expect(data(given().when({ type: 'create', title: 'One', description: 'For @ben and @nobody' }))).toEqual(
      {
        title: 'One',
        status: 'open',
        number: 7,
        description: 'For @ben and @nobody',
        mentions: [ben],
      },
    )
    expect(
      data(given(created).when({ type: 'comment', commentId: id(50), body: '@ada, @ben?' })),
    ).toMatchObject({
      mentions: [ada, ben],
    })
    expect(data(given(created).when({ type: 'comment', commentId: id(50), body: 'Well' }))).toEqual({
      commentId: id(50),
      body: 'Well',
    })
  })

  it('an edited text mentions only whom it did not mention before', () => {
    expect(
      data(given(first).when({ type: 'change_description', description: '@ada and @ben' })),
    ).toMatchObject({
      mentions: [ben],
    })
    const commented: IssueChange = {
      type: 'commented',
      data: { commentId: id(50) as never, body: '@ben', mentions: [ben as never] },
    }
    const edit = { type: 'edit_comment', commentId: id(50) }
    const issueWithComment = given(created, commented)
    expect(data(issueWithComment.when({ ...edit, body: 'Well, @ben' }))).not.toHaveProperty('mentions')
    expect(data(issueWithComment.when({ ...edit, body: '@ben @ada' }))).toMatchObject({ mentions: [ada] })
    const edited: IssueChange = {
      type: 'comment_edited',
      data: { commentId: id(50) as never, body: '@ada', mentions: [ada as never] },
    }
    const again = given(created, commented, edited).when({ ...edit, body: '@ben @ada' })
    expect(data(again)).not.toHaveProperty('mentions')
  })
})

describe('subscribing', () => {
  const told = (...changes: readonly IssueChange[]) => given(created, ...changes).state.subscribers[ben]
  const about = (type: 'subscribed' | 'unsubscribed' | 'muted' | 'unmuted'): IssueChange => ({
    type,
    data: { memberId: ben as never },
  })
  const mention: IssueChange = {
    type: 'commented',
    data: { commentId: id(50) as never, body: '@ben', mentions: [ben as never] },
  }
  const assign: IssueChange = { type: 'assigned', data: { memberId: ben as never } }

  it('being mentioned or assigned subscribes', () => {
    expect(told()).toBeUndefined()
    expect(told(mention)).toEqual({ on: true, said: false })
    expect(told(assign)).toEqual({ on: true, said: false })
  })

  it('an explicit word wins over what is implied, before and after it', () => {
    expect(told(about('unsubscribed'), mention, assign)).toEqual({ on: false, said: true })
    expect(told(mention, about('unsubscribed'))).toEqual({ on: false, said: true })
  })

  it('a mute keeps what was there for the time after it, and goes with an explicit subscription', () => {
    expect(told(mention, about('muted'))).toEqual({ on: true, said: false, muted: true })
    expect(told(mention, about('muted'), about('unmuted'))).toEqual({ on: true, said: false })
    expect(told(about('muted'), mention, about('unmuted'))).toEqual({ on: true, said: false })
    expect(told(about('muted'), about('unmuted'))).toBeUndefined()
    expect(told(about('muted'), about('unsubscribed'))).toEqual({ on: false, said: true, muted: true })
    expect(told(about('muted'), about('subscribed'))).toEqual({ on: true, said: true })
  })

  it.each([
    ['muting twice', [about('muted')], { type: 'mute', memberId: ben }, []],
    ['unmuting what is not muted', [], { type: 'unmute', memberId: ben }, []],
    ['muting', [], { type: 'mute', memberId: ben }, ['muted']],
    ['unmuting', [about('muted')], { type: 'unmute', memberId: ben }, ['unmuted']],
    ['muting a stranger', [], { type: 'mute', memberId: stranger }, 'unknown_member'],
    [
      'subscribing again to what one muted',
      [about('subscribed'), about('muted')],
      { type: 'subscribe', memberId: ben },
      ['subscribed'],
    ],
    ['muting what is archived', [{ type: 'archived', data: {} }], { type: 'mute' }, ['muted']],
  ] as [string, IssueChange[], Record<string, unknown>, unknown][])('%s', (_, before, command, expected) => {
    expect(types(given(created, ...before).when(command))).toEqual(expected)
  })

  it('goes on from a state that was kept before there was muting', () => {
    const kept = JSON.parse(
      JSON.stringify({ ...given(created).state, subscribers: { [ben]: { on: true, said: false } } }),
    ) as IssueState
    const state = foldIssue(issue, [happened(about('muted')), happened(mention)], kept)
    expect(state.subscribers[ben]).toEqual({ on: true, said: false, muted: true })
  })

  it('says nothing about when the issue last changed', () => {
    const { state } = given(created)
    const before = state.updatedAt
    const muted = happened(about('muted'))
    expect(foldIssue(issue, [muted], state).updatedAt).toBe(before)
  })
})
