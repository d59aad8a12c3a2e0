import { describe, expect, it } from 'vitest'
import { issueCommand } from './issue-commands.ts'
import { id, issue } from './testing/decided-issue.ts'

describe('commands are parsed where they enter', () => {
  it.each([
    ['an empty title', { type: 'create', issueId: issue, title: '   ' }],
    ['a title with a line break', { type: 'create', issueId: issue, title: 'a\nb' }],
    ['half a character', { type: 'create', issueId: issue, title: 'a\ud800' }],
    ['a body over 1 MiB', { type: 'comment', issueId: issue, commentId: id(9), body: 'x'.repeat(1_048_577) }],
    [
      'a body over 1 MiB in bytes though not in characters',
      { type: 'comment', issueId: issue, commentId: id(9), body: 'é'.repeat(600_000) },
    ],
    ['control characters', { type: 'comment', issueId: issue, commentId: id(9), body: 'a\u0000b' }],
    ['an unknown field', { type: 'archive', issueId: issue, force: true }],
    ['an unknown command', { type: 'explode', issueId: issue }],
    ['a day that does not exist', { type: 'change_due_date', issueId: issue, dueDate: '2026-02-30' }],
    ['an id that is none', { type: 'archive', issueId: "1' OR 1=1" }],
  ])('%s does not pass', (_, command) => {
    expect(issueCommand.safeParse(command).success).toBe(false)
  })

  it('a body of exactly 1 MiB passes', () => {
    expect(
      issueCommand.safeParse({
        type: 'comment',
        issueId: issue,
        commentId: id(9),
        body: 'x'.repeat(1_048_576),
      }).success,
    ).toBe(true)
  })
})
