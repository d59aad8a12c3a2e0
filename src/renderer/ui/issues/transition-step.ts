import type { IssueRow } from '#contract/answers/answers.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import type { Step } from '../../lib/queries/run-many.ts'

/** The command that brings an issue back to a status, as the host allows it then. */
async function backTo(issueId: string, status: string) {
  const issue = await callHost('issues.get', { key: issueId })
  const transition = issue.transitions.find(({ to }) => to === status)
  return transition ? ({ type: 'transition', issueId, transition: transition.name } as const) : null
}

/** The step that moves an issue, with its way back. */
export const transitionStep = (issue: IssueRow, transition: string): Step => ({
  command: { type: 'transition', issueId: issue.id, transition },
  inverse: () => backTo(issue.id, issue.status),
})
