import { isoInstant } from '#core/time/instant.ts'
import type { Result } from '#core/values/refusal.ts'
import { type ExportedHead, exportTally, hashField, lineHash } from './export-marks.ts'
import { type WholeFileOptions, writeWholeFile } from './whole-file.ts'

/** An event as the log stores it. */
export type EventExportRow = {
  readonly id: string
  readonly streamType: string
  readonly streamId: string
  readonly type: string
  /** Of the payload as stored; it is not lifted. */
  readonly schemaVersion: number
  readonly actorId: string
  /** Milliseconds since 1970. */
  readonly occurredAt: number
  /** The payload's JSON text, byte for byte as stored; `null` once it was erased. */
  readonly dataText: string | null
  /** The same for the metadata; `null` stands for `{"triggeredBy":"manual"}`, as in the log. */
  readonly metadataText: string | null
  /** Its chain, its place there and its hash, for the closing line. */
  readonly replica?: string
  readonly seq?: number
  readonly hash?: string
}

type Rows<T> = AsyncIterable<T> | Iterable<T>

/** The first line of an export, by which a reader knows the form and its version, and that a closing line ends it. */
export const exportHeader = '{"docket":1,"kind":"events","closed":true}\n'

const manual = '{"triggeredBy":"manual"}'

/** One event's line without its closing brace. Stored JSON is spliced in, never parsed: what was written is what comes out. */
export function eventContent(row: EventExportRow): string {
  const { id, streamType, streamId, type, schemaVersion, actorId, occurredAt, dataText, metadataText } = row
  return (
    `{"id":"${id}","stream":{"type":${JSON.stringify(streamType)},"id":"${streamId}"},"type":${JSON.stringify(type)},` +
    `"schemaVersion":${schemaVersion},"actorId":"${actorId}","occurredAt":"${isoInstant(occurredAt)}",` +
    `"data":${dataText ?? 'null'},"metadata":${metadataText ?? manual}`
  )
}

/**
 * Writes Docket's own JSONL: a header line, every event in the order of the rows, which is that of their positions, and a closing line. Imported
 * into a fresh workspace and exported again, the file is equal byte for byte but for the heads of chains in its last line. Refuses as `writeWholeFile` does.
 */
export async function exportEvents(
  file: string,
  rows: Rows<EventExportRow>,
  options: WholeFileOptions = {},
): Promise<Result<{ readonly bytes: number; readonly events: number }>> {
  let events = 0
  async function* lines(): AsyncGenerator<string> {
    yield exportHeader
    const tally = exportTally()
    const heads = new Map<string, ExportedHead>()
    for await (const row of rows) {
      events++
      const content = eventContent(row)
      tally.add(lineHash(content))
      const { replica, seq = 0, hash } = row
      if (replica && hash && seq > (heads.get(replica)?.seq ?? 0)) heads.set(replica, { replica, seq, hash })
      yield `${content}${hashField(content)}\n`
    }
    yield `${JSON.stringify({ docket: 1, kind: 'end', ...tally.end(), heads: [...heads.values()] })}\n`
  }
  const written = await writeWholeFile(file, lines(), options)
  return written.ok ? { ok: true, value: { ...written.value, events } } : written
}
