import type { IssueRow } from '#contract/views.ts'

/** `DOC-4`, or `5 issues`. */
export const nameOf = (issues: readonly IssueRow[], count = issues.length): string =>
  count === 1 && issues.length === 1 ? (issues[0]?.key ?? '1 issue') : `${count} issues`
