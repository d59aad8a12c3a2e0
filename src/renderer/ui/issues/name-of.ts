import type { IssueRow } from '#contract/answers/answers.ts'

/** `DOC-4`, `1 issue` of several, or `5 issues`. */
export const nameOf = (issues: readonly IssueRow[], count = issues.length): string =>
  count === 1
    ? ((issues.length === 1 ? issues[0]?.key : undefined) ?? '1 issue')
    : `${count.toLocaleString()} issues`
