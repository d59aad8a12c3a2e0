import canonicalize from 'canonicalize'
import { eventContent } from '../../export/export-events.ts'
import { exportTally, hashedContent, lineHash } from '../../export/export-marks.ts'
import { parseInstant } from '../records/instant.ts'
import type { JsonFields } from '../records/json-records.ts'
import { jsonFieldsIn, shortText } from '../records/source-text.ts'

/**
 * Whether an export of Docket is whole and as it was written: each of its lines has a hash, and its last one says how many there are. One of an earlier
 * Docket has neither, and its header doesn't say so.
 */
export function exportEnds() {
  let wanted = false
  let tally = exportTally()
  let events = 0

  const over = (): string | undefined => {
    if (!wanted) return undefined
    wanted = false
    return `The export is cut off: it has no closing line. ${events.toLocaleString('en')} of its events are here; what came after them is missing. Export again.`
  }
  return {
    /** @returns what is wrong with what came before */
    began(header: JsonFields): string | undefined {
      const reason = over()
      wanted = header.closed === true
      tally = exportTally()
      events = 0
      return reason
    },
    /** @param bytes the line as it stands in the file, where it is known. @returns why the event is not as it was exported */
    event(value: JsonFields, bytes: Buffer | null): string | undefined {
      if (!wanted) return undefined
      events++
      const { hash } = value
      if (typeof hash !== 'string')
        return 'The line was put in or changed after it was exported: it has no hash, as the others have. It was left out.'
      tally.add(hash)
      const asItStands = bytes ? hashedContent(bytes) : undefined
      if (asItStands?.hash === hash && lineHash(asItStands.content) === hash) return undefined
      // Whoever spaces JSON otherwise changes nothing.
      return lineHash(contentOf(value)) === hash
        ? undefined
        : 'The line was changed after it was exported: its hash does not fit. It was left out.'
    },
    /** @returns what its closing line says that the export is not */
    closed(end: JsonFields): string | undefined {
      if (!wanted) return undefined
      wanted = false
      const found = tally.end()
      if (end.events !== found.events)
        return `The export was closed with ${shortText(end.events)} events, and ${found.events.toLocaleString('en')} are here: lines were taken out or put in.`
      return end.hash === found.hash
        ? undefined
        : 'The events are not those, or not in the order, that the export was closed with.'
    },
    over,
  }
}

/** The line that Docket would have written for what this one says. */
function contentOf({
  id,
  stream,
  type,
  schemaVersion,
  actorId,
  occurredAt,
  data,
  metadata,
}: JsonFields): string {
  const { type: streamType, id: streamId } = jsonFieldsIn(stream)
  return eventContent({
    id: String(id),
    streamType: String(streamType),
    streamId: String(streamId),
    type: String(type),
    schemaVersion: Number(schemaVersion),
    actorId: String(actorId),
    occurredAt: parseInstant(occurredAt) ?? 0,
    dataText: data === null ? null : (canonicalize(data) ?? null),
    metadataText: canonicalize(metadata) ?? null,
  })
}
