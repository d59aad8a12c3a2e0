import type { QueryClient } from '@tanstack/react-query'
import type { IssueDetail, IssuePageView, IssueRow } from '#contract/answers/answers.ts'
import type { CallInput } from '#contract/calls.ts'
import { allFieldValues, fieldOfCommand, valueIn } from '#core/issue/fields/fields.ts'
import type { Workflow } from '#core/workflow/workflow.ts'

/** A command as the window writes it; the host checks it. */
export type WindowCommand = CallInput<'commands.execute'>['command']

const without = (list: readonly string[], id: string): readonly string[] => list.filter((each) => each !== id)

/** The row as it will most likely be once the host has accepted the command. The host's answer replaces it. */
export function withCommandApplied<Row extends IssueRow>(
  row: Row,
  command: WindowCommand,
  workflow: Workflow,
): Row {
  switch (command.type) {
    case 'assign':
      return { ...row, assignees: [...without(row.assignees, command.memberId), command.memberId] }
    case 'unassign':
      return { ...row, assignees: without(row.assignees, command.memberId) }
    case 'label':
      return { ...row, labels: [...without(row.labels, command.labelId), command.labelId] }
    case 'unlabel':
      return { ...row, labels: without(row.labels, command.labelId) }
    case 'archive':
      return { ...row, archived: true }
    case 'restore':
      return { ...row, archived: false }
    case 'transition': {
      const transition = workflow.transitions.find(
        ({ name, from }) => name === command.transition && from.includes(row.status),
      )
      return transition ? { ...row, status: transition.to } : row
    }
    default: {
      const field = fieldOfCommand(command.type)
      const value = field && valueIn(command, field)
      return field && value !== undefined ? { ...row, [field.key]: value } : row
    }
  }
}

/** Changes one issue wherever the cache holds it. */
function patchIssue(client: QueryClient, id: string, patch: <Row extends IssueRow>(row: Row) => Row): void {
  client.setQueriesData<IssuePageView>({ queryKey: ['issues.list'] }, (page) =>
    page?.rows.some((row) => row.id === id)
      ? { ...page, rows: page.rows.map((row) => (row.id === id ? patch(row) : row)) }
      : page,
  )
  client.setQueriesData<IssueDetail>({ queryKey: ['issues.get'] }, (issue) =>
    issue?.id === id && issue.asOf === null ? patch(issue) : issue,
  )
}

/** Shows the command's effect before the host has answered. @returns a function that takes it back. */
export function applyOptimistically(
  client: QueryClient,
  command: WindowCommand,
  workflow: Workflow,
): () => void {
  if (!('issueId' in command) || command.issueId === undefined) return () => {}
  const before = new Map<string, IssueRow>()
  const id = command.issueId
  patchIssue(client, id, (row) => {
    before.set('row', row)
    return withCommandApplied(row, command, workflow)
  })
  const was = before.get('row')
  return () => {
    if (!was) return
    const { assignees, labels, archived, status } = was
    const fields = allFieldValues(was)
    patchIssue(client, id, (row) => ({ ...row, ...fields, assignees, labels, archived, status }))
  }
}
