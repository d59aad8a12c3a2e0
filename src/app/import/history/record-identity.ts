import type { Millis } from '#core/values/ids.ts'

/** Which issue a record is of; `null` where the record can not be told. */
export type RecordIdentity = {
  /** The source's own id or key, by which links name it. */
  readonly id: string
  /** What of it stays when the key changes. */
  readonly lasting?: LastingId | undefined
  readonly createdAt: Millis | null
  readonly updatedAt: Millis | null
}

/** What of a record's identity outlives a change of its key. */
export type LastingId = {
  /** The source's number of it, as it is kept in the creation's metadata. */
  readonly id?: string
  /** What ids are derived from, after the format. */
  readonly parts: readonly string[]
  /** Keys that it had before. */
  readonly formerKeys?: readonly string[]
}
