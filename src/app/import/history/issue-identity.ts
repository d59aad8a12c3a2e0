import type { ImportFormat } from '#contract/import-formats.ts'
import { jsonFieldsIn, listOf, shortText } from '../records/source-text.ts'
import type { ImportTarget } from './import-target.ts'
import type { ImportContext } from './imported.ts'
import type { RecordIdentity } from './record-identity.ts'

/**
 * What an issue's ids are derived from: the source's lasting id of it. Where it is here under what earlier versions derived (from its key, or
 * one that it had), it goes on with that.
 * @param ordinal 2 or more for a further issue under an id that the file gives twice.
 */
export function identityParts(
  format: ImportFormat,
  { id, createdAt, lasting }: RecordIdentity,
  ordinal: number,
  { derive, here }: ImportContext,
): readonly string[] {
  const again = [format, id, `created ${createdAt}`]
  if (!lasting) return ordinal > 1 ? again : [format, id]
  const own = [
    format,
    ...lasting.parts,
    ...(lasting.id === undefined && ordinal > 1 ? [`created ${createdAt}`] : []),
  ]
  if (!here || here.has('issue', derive(...own, 'issue'))) return own
  const keys = [id, ...(lasting.formerKeys ?? [])]
  const streams = function* (): Iterable<string> {
    for (const parts of [again, ...keys.map((key) => [format, key])]) yield derive(...parts, 'issue')
    for (const key of keys) yield* here.withKey(key)
    if (lasting.id !== undefined) yield* here.withSourceId(lasting.id)
  }
  for (const stream of streams()) {
    const begun = here.beginning(stream)
    if (!begun) continue
    const sourceId = shortText(jsonFieldsIn(begun.metadata.source).id)
    const isIt =
      lasting.id !== undefined && sourceId !== ''
        ? sourceId === lasting.id
        : ordinal === 1 || begun.occurredAt === createdAt
    const parts = isIt ? partsHere(here, stream, format, derive) : undefined
    if (parts) return parts
  }
  return own
}

/** What the ids of an issue that is here were derived from; `undefined` where another format brought it, or somebody here wrote it. */
export function partsHere(
  here: ImportTarget,
  issueId: string,
  format: ImportFormat,
  derive: ImportContext['derive'],
): readonly string[] | undefined {
  const begun = here.beginning(issueId)
  if (!begun) return undefined
  const key = shortText(jsonFieldsIn(begun.data).externalKey)
  return [
    listOf(begun.metadata.identity).map(shortText),
    [format, key],
    [format, key.replace(/#\d+$/, ''), `created ${begun.occurredAt}`],
  ].find((parts) => parts[0] === format && derive(...parts, 'issue') === issueId)
}
