import type { IssueRow } from '#contract/answers/answers.ts'

/** Whether all issues, some or none are so: how a list of choices marks a choice. */
export function shareOf(issues: readonly IssueRow[], has: (issue: IssueRow) => boolean): boolean | 'some' {
  const having = issues.filter(has).length
  return having === 0 ? false : having === issues.length ? true : 'some'
}
