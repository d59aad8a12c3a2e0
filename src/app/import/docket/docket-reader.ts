import { eventRegistry } from '#core/event-registry.ts'
import { type AnyStreamType, type EventMetadata, eventName } from '#core/events/event.ts'
import { streamId } from '#core/values/ids.ts'
import { jsonDepth, mostUnknownDepth } from '#core/values/json-depth.ts'
import type { ImportedEvent, ImportedStream, ImportItem, ImportReader } from '../history/imported.ts'
import { parseInstant } from '../records/instant.ts'
import { isFields, type JsonFields, recordLimits, recordOf } from '../records/json-records.ts'
import { goesByLine, jsonSlices } from '../records/json-slices.ts'
import { openJsonSource } from '../records/json-source.ts'
import { Refused } from '../records/refused.ts'
import { jsonFieldsIn, shortText } from '../records/source-text.ts'
import { exportEnds } from './export-ends.ts'

/** The version of the export's form that this reader knows. */
export const exportVersion = 1

/**
 * Reads Docket's own export, one event a line in order of position, and hands events on in that same order, so that a workspace
 * made from it exports the same bytes again. Neighbouring events of one stream are one history. Ids, payloads and metadata are
 * taken as they are, payloads at the version they were written in; what only a newer Docket knows waits in the log until it is known.
 */
export const readDocket: ImportReader = async function* (file) {
  const source = await openJsonSource(file)
  try {
    let run: { line: number; type: AnyStreamType; id: string; events: ImportedEvent[] } | undefined
    const flush = function* (): Iterable<ImportItem> {
      if (run)
        yield {
          kind: 'history',
          line: run.line,
          streams: [{ streamType: run.type, streamId: run.id, events: run.events }],
        }
      run = undefined
    }
    const ends = exportEnds()
    let last = 1
    for await (const slice of jsonSlices(source.chunks(), {
      limits: recordLimits,
      listKeys: [],
      byLine: goesByLine(source.head, []),
    })) {
      const record = recordOf(slice)
      last = record.line
      yield { kind: 'progress', bytes: record.at }
      if (record.kind === 'record' && 'docket' in record.value && !('stream' in record.value)) {
        const version = record.value.docket
        if (version === exportVersion) {
          const reason = record.value.kind === 'end' ? ends.closed(record.value) : ends.began(record.value)
          if (reason) yield { kind: 'problem', line: record.line, reason }
          continue
        }
        throw new Refused(
          'newer_version',
          `${file} was written by a newer Docket (form ${shortText(version)}). Nothing more was imported; update Docket and import it again.`,
        )
      }
      const changed = record.kind === 'record' ? ends.event(record.value, slice.bytes) : undefined
      const read = changed ?? (record.kind === 'record' ? eventOf(record.value) : record.reason)
      if (typeof read === 'string') {
        yield { kind: 'problem', line: record.line, reason: read }
        continue
      }
      // A run is cut at some length, so that one long stream does not fill the memory.
      if (run && (run.id !== read.id || run.type !== read.type || run.events.length >= 200)) yield* flush()
      run ??= { line: record.line, type: read.type, id: read.id, events: [] }
      run.events.push(read.event)
    }
    yield* flush()
    const reason = ends.over()
    if (reason) yield { kind: 'problem', line: last, reason }
    yield { kind: 'progress', bytes: source.size }
  } finally {
    await source.close()
  }
}

/** As the sync protocol has it. */
const mostVersion = 1_000
const registry = eventRegistry()
const isId = (value: unknown): value is string => streamId.safeParse(value).success

function eventOf(
  value: JsonFields,
): { type: ImportedStream['streamType']; id: string; event: ImportedEvent } | string {
  const { id, stream, type, schemaVersion, actorId, occurredAt, data, metadata } = value
  const { type: streamType, id: of } = jsonFieldsIn(stream)
  if (!isId(id) || !isId(of) || !isId(actorId))
    return 'The line is not an event of Docket: an id is missing or not one.'
  if (typeof streamType !== 'string' || !eventName.test(streamType))
    return `The event is of a kind of stream that there can’t be, "${shortText(streamType).slice(0, 60)}".`
  if (typeof type !== 'string' || !eventName.test(type))
    return `The event is of a type that there can’t be, "${shortText(type).slice(0, 60)}".`
  const knownVersion =
    Number.isInteger(schemaVersion) && Number(schemaVersion) >= 1 && Number(schemaVersion) <= mostVersion
  if (typeof schemaVersion !== 'number' || !knownVersion) return 'The event has no schemaVersion.'
  const kind = { streamType, type, schemaVersion }
  const eventType = registry.knows(kind) ? registry.find(type) : undefined
  if (eventType && !registry.belongs(type, streamType))
    return `The event is a "${type}", which can not happen to a ${streamType}.`
  const at = parseInstant(occurredAt)
  if (at === null) return 'The event has no time that can be read.'
  if (data === null) return 'The payload of the event is not here; there is nothing to import.'
  if (!isFields(data) || !isFields(metadata)) return 'The event has no data or no metadata.'
  const parsed = eventType?.schema.safeParse(registry.lift(type, schemaVersion, { ...data }))
  if (parsed && !parsed.success)
    return `The data of the event "${type}" is wrong: ${parsed.error.issues
      .map((issue) => `${issue.path.join('.')} ${issue.message}`)
      .join('; ')
      .slice(0, 300)}.`
  if (!eventType && jsonDepth(JSON.stringify([data, metadata])) > mostUnknownDepth + 1)
    return `The data of the event "${type}" is nested more than ${mostUnknownDepth} deep.`
  if (typeof metadata.triggeredBy !== 'string')
    return 'The metadata of the event does not say what triggered it.'
  return {
    type: streamType,
    id: of,
    event: {
      id,
      type,
      schemaVersion,
      data,
      actorId,
      occurredAt: at,
      metadata: metadata as EventMetadata,
    },
  }
}
