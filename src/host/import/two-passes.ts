import type { Millis } from '#core/ids.ts'
import type { ImportItem, ImportProblem } from './imported.ts'
import { type Fields, jsonRecords } from './json-records.ts'
import { openJsonSource } from './json-source.ts'
import { Refused } from './refused.ts'

/** Which issue a record is of; `null` where the record can not be told. */
export type RecordIdentity = {
  /** The source's own id or key, by which links name it. */
  readonly id: string
  readonly createdAt: Millis | null
  readonly updatedAt: Millis | null
}

/** Why a record is no issue that can be taken. */
export type NoIssue = Omit<ImportProblem, 'line'>
export const noIssue = (reason: string, sort?: ImportProblem['sort']): NoIssue => ({ reason, sort })

export type IssueRecord = {
  readonly line: number
  readonly value: Fields
  readonly identity: RecordIdentity
  /** What the issue's ids are derived from: the id alone, but for a further issue under an id that was given twice. */
  readonly idParts: readonly string[]
  /** The key to show: `bd-7`, and `bd-7#2` for the second issue under that id. */
  readonly externalKey: string
}

export type KnownIssues = {
  /** Whether an issue of that id is in the file; links name nothing else. */
  has(id: string): boolean
}

type Version = {
  readonly createdAt: Millis | null
  updatedAt: Millis
  line: number
  at: number
  readonly ordinal: number
}

/**
 * Reads a file of issues, one a record, twice: first to learn which issues there are, so that a link can tell whether its target
 * is in the file, then to hand each of them over. Memory grows with the number of ids, not with what is written about them.
 *
 * An id may come more than once. Records of one id and one time of creation are the same issue (both sides of an unsolved merge):
 * the one changed last is taken, and the others are reported. Another time of creation is another issue that was given the same id
 * by an unconnected copy of the tracker: it is kept, and its own ids are derived from the time of creation too, so that they do not
 * depend on its place in the file. Links to such an id lead to the first.
 */
export async function* issueRecords(
  file: string,
  options: {
    readonly listKeys?: readonly string[]
    /** A record's identity, or why it is no issue. */
    readonly identify: (value: Fields) => RecordIdentity | NoIssue
    /** Is shown every issue in the first pass. */
    readonly learn?: (value: Fields) => void
    readonly take: (record: IssueRecord, known: KnownIssues) => Iterable<ImportItem>
  },
): AsyncGenerator<ImportItem> {
  const source = await openJsonSource(file)
  try {
    const versions = new Map<string, Version[]>()
    for await (const record of jsonRecords(source, options)) {
      if (record.kind === 'problem') continue
      const identity = options.identify(record.value)
      if ('id' in identity) {
        note(versions, identity, record)
        options.learn?.(record.value)
      }
      yield { kind: 'progress', bytes: Math.floor(record.at / 5) }
    }
    for await (const record of jsonRecords(source, options)) {
      // Learning the ids took about a fifth of the work.
      yield { kind: 'progress', bytes: Math.floor(source.size / 5 + (record.at * 4) / 5) }
      if (record.kind === 'problem') {
        yield { kind: 'problem', line: record.line, reason: record.reason }
        continue
      }
      const { line, value } = record
      const identity = options.identify(value)
      if (!('id' in identity)) {
        yield { kind: 'problem', line, ...identity }
        continue
      }
      const version = find(versions, identity)
      if (version.at !== record.at) {
        yield {
          kind: 'problem',
          line,
          reason: `${identity.id} is here a second time; the version on line ${version.line}, changed later, was taken.`,
        }
        continue
      }
      const { id, createdAt } = identity
      const again = version.ordinal > 1
      yield* options.take(
        {
          line,
          value,
          identity,
          idParts: again ? [id, `created ${createdAt}`] : [id],
          externalKey: again ? `${id}#${version.ordinal}` : id,
        },
        versions,
      )
    }
    yield { kind: 'progress', bytes: source.size }
  } finally {
    await source.close()
  }
}

function note(
  versions: Map<string, Version[]>,
  { id, createdAt, updatedAt }: RecordIdentity,
  { line, at }: { line: number; at: number },
): void {
  const all = versions.get(id) ?? []
  if (all.length === 0) versions.set(id, all)
  const same = all.find((version) => version.createdAt === createdAt)
  if (!same) all.push({ createdAt, updatedAt: updatedAt ?? 0, line, at, ordinal: all.length + 1 })
  else if ((updatedAt ?? 0) >= same.updatedAt) {
    same.updatedAt = updatedAt ?? 0
    same.line = line
    same.at = at
  }
}

function find(versions: Map<string, Version[]>, { id, createdAt }: RecordIdentity): Version {
  const found = versions.get(id)?.find((version) => version.createdAt === createdAt)
  if (!found)
    throw new Refused(
      'import_failed',
      `The file changed while it was read (${id} is new). What was imported so far stays; import it again.`,
    )
  return found
}
