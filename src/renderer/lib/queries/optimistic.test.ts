import { QueryClient } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import type { IssueRow } from '#contract/answers/answers.ts'
import { initialFieldValues } from '#core/issue/fields/fields.ts'
import { defaultWorkflow } from '#core/workflow/workflow.ts'
import { applyOptimistically, withCommandApplied } from './optimistic.ts'

const id = '01900000-0000-7000-8000-000000000001'
const row: IssueRow = {
  id,
  key: 'DOC-1',
  ...initialFieldValues,
  title: 'One',
  status: 'open',
  assignees: [],
  labels: [],
  comments: 0,
  createdAt: 0,
  updatedAt: 0,
  archived: false,
}

test('a transition shows the status that it leads to', () => {
  expect(
    withCommandApplied(row, { type: 'transition', issueId: id, transition: 'start' }, defaultWorkflow).status,
  ).toBe('in_progress')
})

test('a transition that the workflow does not have from here shows nothing', () => {
  expect(
    withCommandApplied(row, { type: 'transition', issueId: id, transition: 'reopen' }, defaultWorkflow),
  ).toEqual(row)
})

test('assigning somebody twice shows them once', () => {
  const assign = { type: 'assign', issueId: id, memberId: 'm' } as const
  const once = withCommandApplied(row, assign, defaultWorkflow)
  expect(withCommandApplied(once, assign, defaultWorkflow).assignees).toEqual(['m'])
})

test('a command shows in every list that holds its issue, and taking it back restores them', () => {
  const client = new QueryClient()
  const lists = [
    ['issues.list', { query: 'is:open' }],
    ['issues.list', { query: '' }],
  ]
  for (const key of lists) client.setQueryData(key, { rows: [row], next: null })
  const takeBack = applyOptimistically(
    client,
    { type: 'change_title', issueId: id, title: 'Two' },
    defaultWorkflow,
  )
  for (const key of lists) expect(client.getQueryData(key)).toMatchObject({ rows: [{ title: 'Two' }] })
  takeBack()
  for (const key of lists) expect(client.getQueryData(key)).toEqual({ rows: [row], next: null })
})
