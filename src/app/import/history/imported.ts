import type { AnyStreamType, EventMetadata } from '#core/events/event.ts'
import type { Millis } from '#core/values/ids.ts'
import type { ImportTarget } from './import-target.ts'

/** One event of a foreign history, ready to be recorded. Its id is derived from the source, so that a second import adds nothing. */
export type ImportedEvent = {
  readonly id: string
  readonly type: string
  /** Of the payload; the type's current version where absent. */
  readonly schemaVersion?: number
  readonly data: Readonly<Record<string, unknown>>
  readonly actorId: string
  readonly occurredAt: Millis
  /** `triggeredBy: 'import'`, and the source's unknown fields under `source`; taken as it is from Docket's own export. */
  readonly metadata: EventMetadata
}

/** Events of one stream, in the order they are folded in; written whole or not at all. */
export type ImportedStream = {
  readonly streamType: AnyStreamType
  readonly streamId: string
  readonly events: readonly ImportedEvent[]
}

export type ImportProblem = {
  readonly line: number
  /** One sentence. */
  readonly reason: string
  /** What it is, where a source's lists hold many of them beside its issues: such are counted, not listed. */
  readonly sort?: 'pull request' | undefined
}

/** What an import changed of an issue that was here before. */
export type ReconciledIssue = {
  readonly issueId: string
  /** The source's key. */
  readonly key: string
  /** One phrase each. */
  readonly changes: readonly string[]
  /** Those that somebody here had changed too: they are in the list of conflicts. */
  readonly conflicts: readonly string[]
}

export type ImportItem =
  /** An issue with the people, labels and projects it needs, which come first in `streams`. */
  | {
      readonly kind: 'history'
      readonly line: number
      readonly streams: readonly ImportedStream[]
      /** What of an issue that was here before it changes. */
      readonly change?: ReconciledIssue
    }
  /** A record that can not be taken; the rest goes on. */
  | ({ readonly kind: 'problem' } & ImportProblem)
  /** How far the reader is, in bytes of the file. */
  | { readonly kind: 'progress'; readonly bytes: number }

/** Reads a file of one format as a stream of items, with memory that does not grow with the file. */
export type ImportReader = (file: string, context: ImportContext) => AsyncIterable<ImportItem>

export type ImportContext = {
  /** A UUID (version 8) that depends on the parts alone: same parts, same id, on every machine. */
  readonly derive: (...parts: readonly string[]) => string
  /** Whether pull requests are taken as issues. */
  readonly withPullRequests?: boolean | undefined
  /** The workspace that it goes into; absent where nothing was imported there yet. */
  readonly here?: ImportTarget | undefined
}
