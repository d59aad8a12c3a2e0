import type { ImportFormat } from '#contract/import-formats.ts'
import type { Millis } from '#core/values/ids.ts'
import { type JsonFields, jsonRecords } from '../records/json-records.ts'
import { openJsonSource } from '../records/json-source.ts'
import { Refused } from '../records/refused.ts'
import { jsonFieldsIn, shortText } from '../records/source-text.ts'
import type { ImportContext, ImportItem, ImportProblem } from './imported.ts'
import { identityParts, partsHere } from './issue-identity.ts'
import type { LastingId, RecordIdentity } from './record-identity.ts'

/** Why a record is no issue that can be taken. */
export type NoIssue = Omit<ImportProblem, 'line'>
export const noIssue = (reason: string, sort?: ImportProblem['sort']): NoIssue => ({ reason, sort })

export type IssueRecord = {
  readonly line: number
  readonly value: JsonFields
  readonly identity: RecordIdentity
  /** What the issue's ids are derived from. */
  readonly idParts: readonly string[]
  /** The key to show: `bd-7`, and `bd-7#2` for the second issue under that id. */
  readonly externalKey: string
  /** 2 or more for a further issue under an id that was given twice. */
  readonly ordinal: number
}

export type KnownIssues = {
  /** The issue of that id in the file, or here from an earlier one; links name nothing else. */
  issueId(id: string): string | undefined
  /** Whether an issue, by Docket's id of it, is in the file. */
  holds(issueId: string): boolean
}

type Version = {
  readonly createdAt: Millis | null
  readonly lasting: LastingId | undefined
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
 * depend on its place in the file. Links to such an id lead to the first. Where the source has a lasting id, records of one such are one issue,
 * whatever they are called.
 */
export async function* issueRecords(
  file: string,
  options: {
    readonly format: ImportFormat
    readonly context: ImportContext
    readonly listKeys?: readonly string[]
    /** A record's identity, or why it is no issue. */
    readonly identify: (value: JsonFields) => RecordIdentity | NoIssue
    /** Is shown every issue in the first pass. */
    readonly learn?: (value: JsonFields, identity: RecordIdentity) => void
    readonly take: (record: IssueRecord, known: KnownIssues) => Iterable<ImportItem>
  },
): AsyncGenerator<ImportItem> {
  const source = await openJsonSource(file)
  try {
    const versions: Versions = { byName: new Map(), byLastingId: new Map() }
    const known = knownIssues(versions, options)
    for await (const record of jsonRecords(source, options)) {
      if (record.kind === 'problem') continue
      const identity = options.identify(record.value)
      if ('id' in identity) {
        note(options.format, versions, identity, record)
        options.learn?.(record.value, identity)
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
      const version = find(options.format, versions, identity)
      if (version.at !== record.at) {
        yield {
          kind: 'problem',
          line,
          reason: `${identity.id} is here a second time; the version on line ${version.line}, changed later, was taken.`,
        }
        continue
      }
      const { id } = identity
      yield* options.take(
        {
          line,
          value,
          identity,
          idParts: identityParts(options.format, identity, version.ordinal, options.context),
          externalKey: version.ordinal > 1 ? `${id}#${version.ordinal}` : id,
          ordinal: version.ordinal,
        },
        known,
      )
    }
    yield { kind: 'progress', bytes: source.size }
  } finally {
    await source.close()
  }
}

type Versions = {
  readonly byName: Map<string, Version[]>
  readonly byLastingId: Map<string, Version>
}

/** The case of a repository's name says nothing. */
const nameOf = (format: ImportFormat, id: string): string => (format === 'github' ? id.toLowerCase() : id)
const lastingName = (lasting: LastingId | undefined): string | undefined =>
  lasting?.id === undefined ? undefined : lasting.parts.join(' ')

function note(
  format: ImportFormat,
  { byName, byLastingId }: Versions,
  { id, createdAt, updatedAt, lasting }: RecordIdentity,
  { line, at }: { line: number; at: number },
): void {
  const all = byName.get(nameOf(format, id)) ?? []
  if (all.length === 0) byName.set(nameOf(format, id), all)
  const name = lastingName(lasting)
  const same =
    name === undefined ? all.find((version) => version.createdAt === createdAt) : byLastingId.get(name)
  if (!same) {
    const version = { createdAt, lasting, updatedAt: updatedAt ?? 0, line, at, ordinal: all.length + 1 }
    all.push(version)
    if (name !== undefined) byLastingId.set(name, version)
    return
  }
  if (!all.includes(same)) all.push(same)
  if ((updatedAt ?? 0) >= same.updatedAt) {
    same.updatedAt = updatedAt ?? 0
    same.line = line
    same.at = at
  }
}

function find(
  format: ImportFormat,
  { byName, byLastingId }: Versions,
  { id, createdAt, lasting }: RecordIdentity,
): Version {
  const name = lastingName(lasting)
  const found =
    name === undefined
      ? byName.get(nameOf(format, id))?.find((version) => version.createdAt === createdAt)
      : byLastingId.get(name)
  if (!found)
    throw new Refused(
      'import_failed',
      `The file changed while it was read (${id} is new). What was imported so far stays; import it again.`,
    )
  return found
}

function knownIssues(
  { byName }: Versions,
  { format, context }: { readonly format: ImportFormat; readonly context: ImportContext },
): KnownIssues {
  const { derive, here } = context
  let held: Set<string> | undefined
  const issueIdOf = (id: string, { createdAt, lasting }: Version): string =>
    derive(...identityParts(format, { id, createdAt, updatedAt: null, lasting }, 1, context), 'issue')
  const heldIds = function* (): Iterable<string> {
    for (const [id, [first]] of byName) if (first) yield issueIdOf(id, first)
  }
  return {
    holds(issueId) {
      held ??= new Set(heldIds())
      return held.has(issueId)
    },
    issueId(id) {
      const first = byName.get(nameOf(format, id))?.[0]
      if (first) return issueIdOf(id, first)
      if (!here) return undefined
      return here.withKey(id).find((issueId) => {
        const parts = partsHere(here, issueId, format, derive)
        const key = shortText(jsonFieldsIn(here.beginning(issueId)?.data).externalKey)
        // Its first key, or one that it was moved to since.
        const isKey = nameOf(format, key) === nameOf(format, id) || key.toLowerCase() !== id.toLowerCase()
        return parts !== undefined && isKey
      })
    },
  }
}
