import type { IssueRow } from '#contract/answers/answers.ts'

/** What a picker is told, whatever of the issues it changes. */
export type PickerProps = {
  /** What is changed; one issue or many. */
  readonly issues: readonly IssueRow[]
  /** Where the list hangs. */
  readonly anchor: Element | null
  readonly onClose: () => void
}
