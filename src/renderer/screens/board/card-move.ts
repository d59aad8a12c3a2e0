import type { IssueRow } from '#contract/answers/answers.ts'

/** A card on its way to another column: shown there until the host's own answer shows it. */
export type CardMove = { readonly row: IssueRow; readonly to: string }
