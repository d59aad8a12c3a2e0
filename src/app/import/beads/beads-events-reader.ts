import { importDirectory } from '../history/import-entities.ts'
import type { ImportReader } from '../history/imported.ts'
import { parseInstant } from '../records/instant.ts'
import { type JsonFields, jsonRecords, recordOf } from '../records/json-records.ts'
import { openJsonSource } from '../records/json-source.ts'
import { type RecordIndex, recordIndex } from '../records/record-index.ts'
import { jsonFieldsIn, shortText } from '../records/source-text.ts'
import { blockersOf } from './beads-fields.ts'
import { type BeadsChange, beadsReplay } from './beads-replay.ts'

/**
 * Reads changes of beads issues over time, `{commit, issue, at, kind, from, to}` or `{…, kind: "created", value}`, one a line. The
 * changes of one issue lie scattered over the whole file, so a first pass notes where they are, and a second reads each issue's
 * together. They are told in the file's order, which is that of the commits; the clocks of the machines that wrote them were not
 * always right, and an order by time would make an issue's changes contradict each other.
 */
export const readBeadsEvents: ImportReader = async function* (file, context) {
  const directory = importDirectory('beads-events', context)
  const source = await openJsonSource(file)
  try {
    const index = recordIndex()
    for await (const record of jsonRecords(source)) {
      yield { kind: 'progress', bytes: Math.floor(record.at / 4) }
      if (record.kind === 'problem') {
        yield { kind: 'problem', line: record.line, reason: record.reason }
        continue
      }
      const change = changeOf(record.value, record.line)
      if (typeof change === 'string') yield { kind: 'problem', line: record.line, reason: change }
      else note(index, change, record)
    }
    let read = 0
    for (const issue of index.keys()) {
      const changes: BeadsChange[] = []
      for (const place of index.places(issue)) {
        const { line, at, length } = place
        const bytes = source.read(at, length)
        const record = recordOf({ line, at, length, bytes, problem: null, what: 'The line' })
        const change = record.kind === 'record' ? changeOf(record.value, line) : record.reason
        // It was read well a moment ago; where it no longer is, somebody is writing the file.
        if (typeof change === 'string')
          yield { kind: 'problem', line, reason: `The file changed while it was read. ${change}` }
        else changes.push(change)
        read++
      }
      yield* beadsReplay(issue, changes, { directory, context, known: index })
      yield {
        kind: 'progress',
        bytes: Math.floor(source.size / 4 + (source.size * 0.75 * read) / index.records),
      }
    }
    yield { kind: 'progress', bytes: source.size }
  } finally {
    await source.close()
  }
}

function changeOf(value: JsonFields, line: number): BeadsChange | string {
  const issue = shortText(value.issue)
  const kind = shortText(value.kind)
  const at = parseInstant(value.at)
  if (!issue) return 'The change names no issue.'
  if (kind !== 'created' && !kind.startsWith('set:'))
    return `The change of ${issue} is of an unknown kind, "${kind.slice(0, 60)}".`
  if (kind === 'set:__proto__') return `The change of ${issue} names a field that can not be kept.`
  if (at === null) return `The change of ${issue} has no time that can be read.`
  const shared = { issue, at, line, commit: shortText(value.commit) }
  return kind === 'created'
    ? { ...shared, field: null, from: null, to: jsonFieldsIn(value.value) }
    : { ...shared, field: kind.slice(4), from: value.from ?? null, to: value.to ?? null }
}

/** An issue that blocks another has to tell so itself: the record is noted for both. */
function note(
  index: RecordIndex,
  change: BeadsChange,
  place: { line: number; at: number; length: number },
): void {
  index.add(change.issue, place.line, place.at, place.length, true)
  const mentioned = new Set<string>()
  if (change.field === null)
    for (const { target } of blockersOf(jsonFieldsIn(change.to))) mentioned.add(target)
  else if (change.field === 'dependencies') {
    for (const list of [change.from, change.to])
      for (const { target } of blockersOf({ dependencies: list })) mentioned.add(target)
  }
  mentioned.delete(change.issue)
  for (const target of mentioned) index.add(target, place.line, place.at, place.length, false)
}
