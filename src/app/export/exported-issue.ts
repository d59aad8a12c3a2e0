import type { FieldValues } from '#core/issue/fields/fields.ts'
import { isoInstant } from '#core/time/instant.ts'

/** An issue as CSV and Markdown show it: ids are replaced by what people read. Times are milliseconds since 1970. */
export type ExportedIssue = FieldValues & {
  readonly id: string
  readonly key: string
  readonly externalKey: string | null
  readonly description: string
  /** The state's name, "In progress". */
  readonly status: string
  readonly author: string | null
  readonly assignees: readonly string[]
  readonly labels: readonly string[]
  /** "blocks", "blocked by", … and the other issue's key and title. */
  readonly links: readonly { readonly relation: string; readonly key: string; readonly title: string }[]
  readonly createdAt: number
  readonly updatedAt: number
  readonly archived: boolean
  /** Oldest first, without deleted ones. */
  readonly comments: readonly ExportedComment[]
}

export type ExportedComment = {
  readonly author: string
  readonly createdAt: number
  readonly editedAt: number | null
  readonly body: string
}

export type ExportedIssues = AsyncIterable<ExportedIssue> | Iterable<ExportedIssue>

/** An instant as exports write it: ISO 8601, UTC, with milliseconds. */
export const instantText = isoInstant
