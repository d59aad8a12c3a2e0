import { type EventMetadata, type StreamType, streamTypes } from '#core/event.ts'
import { eventRegistry } from '#core/event-registry.ts'
import { streamId } from '#core/ids.ts'
import type { ImportedEvent, ImportedStream, ImportItem, ImportReader } from './imported.ts'
import { parseInstant } from './instant.ts'
import { type Fields, isFields, jsonRecords } from './json-records.ts'
import { openJsonSource } from './json-source.ts'
import { Refused } from './refused.ts'
import { fieldsOf, shortText } from './source-text.ts'

/** The version of the export's form that this reader knows. */
export const exportVersion = 1

/**
 * Reads Docket's own export, one event a line in order of position, and hands events on in that same order, so that a workspace
 * made from it exports the same bytes again. Neighbouring events of one stream are one history. Ids, payloads and metadata are
 * taken as they are, payloads at the version they were written in.
 */
export const readDocket: ImportReader = async function* (file) {
  const source = await openJsonSource(file)
  try {
    let run: { line: number; type: StreamType; id: string; events: ImportedEvent[] } | undefined
    const flush = function* (): Iterable<ImportItem> {
      if (run)
        yield {
          kind: 'history',
          line: run.line,
          streams: [{ streamType: run.type, streamId: run.id, events: run.events }],
        }
      run = undefined
    }
    for await (const record of jsonRecords(source)) {
      yield { kind: 'progress', bytes: record.at }
      if (record.kind === 'record' && 'docket' in record.value && !('stream' in record.value)) {
        const version = record.value.docket
        if (version === exportVersion) continue
        throw new Refused(
          'newer_version',
          `${file} was written by a newer Docket (form ${shortText(version)}). Nothing more was imported; update Docket and import it again.`,
        )
      }
      const read = record.kind === 'record' ? eventOf(record.value) : record.reason
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
    yield { kind: 'progress', bytes: source.size }
  } finally {
    await source.close()
  }
}

const registry = eventRegistry()
const isId = (value: unknown): value is string => streamId.safeParse(value).success

function eventOf(
  value: Fields,
): { type: ImportedStream['streamType']; id: string; event: ImportedEvent } | string {
  const { id, stream, type, schemaVersion, actorId, occurredAt, data, metadata } = value
  const { type: streamType, id: of } = fieldsOf(stream)
  if (!isId(id) || !isId(of) || !isId(actorId))
    return 'The line is not an event of Docket: an id is missing or not one.'
  const knownType = streamTypes.find((known) => known === streamType)
  if (!knownType) return `The event is of an unknown kind of stream, "${shortText(streamType).slice(0, 60)}".`
  const eventType = typeof type === 'string' ? registry.find(type) : undefined
  if (!eventType) return `The event is of an unknown type, "${shortText(type).slice(0, 60)}".`
  if (!registry.belongs(eventType.name, knownType))
    return `The event is a "${eventType.name}", which can not happen to a ${knownType}.`
  if (typeof schemaVersion !== 'number' || !Number.isInteger(schemaVersion) || schemaVersion < 1)
    return 'The event has no schemaVersion.'
  if (schemaVersion > eventType.version)
    return `The event "${eventType.name}" has schema version ${schemaVersion}; this Docket knows up to ${eventType.version}.`
  const at = parseInstant(occurredAt)
  if (at === null) return 'The event has no time that can be read.'
  if (data === null) return 'The payload of the event was erased; there is nothing to import.'
  if (!isFields(data) || !isFields(metadata)) return 'The event has no data or no metadata.'
  const parsed = eventType.schema.safeParse(registry.lift(eventType.name, schemaVersion, { ...data }))
  if (!parsed.success)
    return `The data of the event "${eventType.name}" is wrong: ${parsed.error.issues
      .map((issue) => `${issue.path.join('.')} ${issue.message}`)
      .join('; ')
      .slice(0, 300)}.`
  if (typeof metadata.triggeredBy !== 'string')
    return 'The metadata of the event does not say what triggered it.'
  return {
    type: knownType,
    id: of,
    event: {
      id,
      type: eventType.name,
      schemaVersion,
      data,
      actorId,
      occurredAt: at,
      metadata: metadata as EventMetadata,
    },
  }
}
