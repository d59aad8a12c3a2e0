import { isoInstant } from '#core/instant.ts'
import type { Result } from '#core/refusal.ts'
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
}

type Rows<T> = AsyncIterable<T> | Iterable<T>

/** The first line of an export, by which a reader knows the form and its version. */
export const exportHeader = '{"docket":1,"kind":"events"}\n'

const manual = '{"triggeredBy":"manual"}'

/** One event's line. Stored JSON is spliced in, never parsed: what was written is what comes out. */
export function eventLine(row: EventExportRow): string {
  const { id, streamType, streamId, type, schemaVersion, actorId, occurredAt, dataText, metadataText } = row
  return (
    `{"id":"${id}","stream":{"type":${JSON.stringify(streamType)},"id":"${streamId}"},"type":${JSON.stringify(type)},` +
    `"schemaVersion":${schemaVersion},"actorId":"${actorId}","occurredAt":"${isoInstant(occurredAt)}",` +
    `"data":${dataText ?? 'null'},"metadata":${metadataText ?? manual}}\n`
  )
}

/**
 * Writes Docket's own JSONL: a header line, then every event in the order of the rows, which is that of their positions. Imported
 * into a fresh workspace and exported again, the file is equal byte for byte. Refuses as `writeWholeFile` does.
 */
export async function exportEvents(
  file: string,
  rows: Rows<EventExportRow>,
  options: WholeFileOptions = {},
): Promise<Result<{ readonly bytes: number; readonly events: number }>> {
  let events = 0
  async function* lines(): AsyncGenerator<string> {
    yield exportHeader
    for await (const row of rows) {
      events++
      yield eventLine(row)
    }
  }
  const written = await writeWholeFile(file, lines(), options)
  return written.ok ? { ok: true, value: { ...written.value, events } } : written
}
