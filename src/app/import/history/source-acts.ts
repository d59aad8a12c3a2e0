import type { FieldKey } from '#core/issue/fields/fields.ts'
import type { LinkKind } from '#core/issue/issue-events.ts'
import type { Millis } from '#core/values/ids.ts'
import type { JsonFields } from '../records/json-records.ts'
import type { ImportItem } from './imported.ts'
import type { SourcePerson } from './source-person.ts'
import type { Present, SourceFields } from './source-present.ts'
import type { MappedStatus } from './status-mapping.ts'

/** Who did a thing, when, and what of it makes its event's id: parts that the source will not change. */
export type Said = {
  readonly by: SourcePerson
  readonly at: Millis
  readonly key: readonly string[]
  /** What the source says beside, kept in the event's metadata. */
  readonly source?: JsonFields | undefined
  /** The hash of the source's own words, of a text. */
  readonly originalHash?: string | undefined
  /** Whether it is concluded from what the issue is like now, not told by the source as something that happened. */
  readonly concluded?: boolean
}

export type Beginning = {
  readonly title: unknown
  readonly description?: unknown
  readonly externalKey: string
} & { readonly [Key in Exclude<FieldKey, 'title'>]?: SourceFields[Key] | undefined }

/**
 * The history of one issue while it is read. Knows the issue's state so far, so that each event fits what comes before it: a
 * status changes from what it was, a label is added once. What changes nothing leaves no event.
 */
export type IssueHistory = {
  readonly issueId: string
  begin(beginning: Beginning, said: Said): void
  describe(to: unknown, said: Said): void
  /** Any field of one value: a text as it stands there, or the name of what it refers to. */
  set<Key extends FieldKey>(field: Key, to: SourceFields[Key], said: Said): void
  move(to: MappedStatus, said: Said, reason?: string): void
  assign(person: SourcePerson, said: Said): void
  unassign(person: SourcePerson, said: Said): void
  /** A label's name; @param colour six hexadecimal digits. */
  label(name: string, said: Said, colour?: string): void
  unlabel(name: string, said: Said): void
  /** The comment's own id in the source. */
  comment(id: string, body: unknown, said: Said): void
  editComment(id: string, body: unknown, said: Said): void
  deleteComment(id: string, said: Said): void
  link(kind: LinkKind, target: string, said: Said): void
  unlink(kind: LinkKind, target: string, said: Said): void
  /** A field that Docket has no word for. */
  /** @param atFirst what it was before the file tells of it. */
  field(name: string, to: unknown, said: Said, atFirst?: string | null): void
  attach(
    file: {
      readonly name: string
      readonly url?: string
      readonly size?: number
      readonly mediaType?: string
    },
    said: Said,
  ): void
  archive(said: Said): void
  restore(said: Said): void
  /**
   * The items of this issue: its problems, and its history where it began. @param present what the source says of it now: what the history leaves
   * open, or an earlier import saw otherwise, becomes changes at that time.
   */
  finish(present?: Present): ImportItem[]
}

/** Something that happened, to be told at its place in time. */
export type Act = { readonly at: Millis; readonly tell: () => void }

/** Tells acts by their times; those of one instant as they come. Times of a source may run backwards in its own lists. */
export function inTimeOrder(acts: readonly Act[]): void {
  for (const act of [...acts].sort((a, b) => a.at - b.at)) act.tell()
}
