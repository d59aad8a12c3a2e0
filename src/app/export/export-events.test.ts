import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deriveId } from '#db/log/rows/derived-id.ts'
import type { ImportedEvent } from '../import/history/imported.ts'
import { collectImport } from '../import/testing/collected-import.ts'
import { type EventExportRow, exportEvents } from './export-events.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-export-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => join(folder, name)
const textOf = (name: string): string => readFileSync(at(name), 'utf8')

/** A row as the log stores an event: canonical JSON. */
const rowOf = (
  streamType: string,
  streamId: string,
  event: ImportedEvent & { schemaVersion: number },
): EventExportRow => ({
  id: event.id,
  streamType,
  streamId,
  type: event.type,
  schemaVersion: event.schemaVersion,
  actorId: event.actorId,
  occurredAt: event.occurredAt,
  dataText: canonicalize(event.data) ?? '{}',
  metadataText: canonicalize(event.metadata) ?? '{}',
})

describe('events as JSON Lines', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 })
  const event = fc.record({
    stream: fc.integer({ min: 0, max: 3 }),
    at: fc.integer({ min: 0, max: 4e12 }),
    what: fc.oneof(
      fc.record({
        type: fc.constant('created'),
        schemaVersion: fc.constant(2),
        data: fc.record({
          title: text,
          status: fc.constant('open'),
          number: fc.integer({ min: 1, max: 999 }),
        }),
      }),
      fc.record({
        type: fc.constant('created'),
        schemaVersion: fc.constant(1),
        data: fc.record({ title: text, body: text }),
      }),
      fc.record({
        type: fc.constant('title_changed'),
        schemaVersion: fc.constant(1),
        data: fc.record({ from: text, to: text }),
      }),
      fc.record({
        type: fc.constant('project_changed'),
        schemaVersion: fc.constant(1),
        data: fc.record({
          from: fc.constantFrom(null, deriveId('project', 'a')),
          to: fc.constantFrom(null, deriveId('project', 'b')),
        }),
      }),
      fc.record({
        type: fc.constant('field_changed'),
        schemaVersion: fc.constant(1),
        data: fc.record({
          field: text,
          from: fc.jsonValue({ stringUnit: 'grapheme' }),
          to: fc.jsonValue({ stringUnit: 'grapheme' }),
        }),
      }),
    ),
    metadata: fc.record({
      triggeredBy: fc.constantFrom('manual', 'import'),
      source: fc.dictionary(text, text),
    }),
  })

  it('exported, imported and exported again are equal byte for byte, old payloads included', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 30 }), async (list) => {
        const rows = list.map(({ stream, at: occurredAt, what, metadata }, n) =>
          rowOf('issue', deriveId('stream', String(stream)), {
            ...what,
            id: deriveId('event', String(n)),
            actorId: deriveId('ada'),
            occurredAt,
            metadata: metadata as ImportedEvent['metadata'],
          }),
        )
        expect(await exportEvents(at('one.jsonl'), rows)).toMatchObject({
          ok: true,
          value: { events: rows.length },
        })
        const read = await collectImport('docket', at('one.jsonl'))
        expect(read.problems).toEqual([])
        const again = read.streams.flatMap((stream) =>
          stream.events.map((one) =>
            rowOf(stream.streamType, stream.streamId, { ...one, schemaVersion: one.schemaVersion ?? 0 }),
          ),
        )
        await exportEvents(at('two.jsonl'), again)
        expect(textOf('two.jsonl')).toBe(textOf('one.jsonl'))
      }),
      { numRuns: 40 },
    )
  })

  it('a line has its fields in a fixed order and stored JSON as it is', async () => {
    const id = deriveId('a')
    await exportEvents(at('one.jsonl'), [
      {
        id,
        streamType: 'issue',
        streamId: id,
        type: 'viewed',
        schemaVersion: 1,
        actorId: id,
        occurredAt: 1,
        dataText: '{"b":1.0,"a":"\\u0041"}',
        metadataText: null,
      },
    ])
    expect(textOf('one.jsonl').replace(/(?<="hash":")[0-9a-f]+/g, 'HASH')).toBe(
      `{"docket":1,"kind":"events","closed":true}\n{"id":"${id}","stream":{"type":"issue","id":"${id}"},"type":"viewed","schemaVersion":1,"actorId":"${id}","occurredAt":"1970-01-01T00:00:00.001Z","data":{"b":1.0,"a":"\\u0041"},"metadata":{"triggeredBy":"manual"},"hash":"HASH"}\n{"docket":1,"kind":"end","events":1,"hash":"HASH","heads":[]}\n`,
    )
  })

  it('lines that are no events, erased or on what they can not happen to are reported; the rest goes in, also what only a newer Docket knows', async () => {
    const id = deriveId('a')
    const row = {
      id,
      streamType: 'issue',
      streamId: id,
      type: 'viewed',
      schemaVersion: 1,
      actorId: id,
      occurredAt: 1,
      dataText: '{}',
      metadataText: null,
    }
    await exportEvents(at('one.jsonl'), [
      row,
      { ...row, id: deriveId('unknown type'), type: 'exploded' },
      { ...row, id: deriveId('newer version'), schemaVersion: 9 },
      { ...row, dataText: null },
      { ...row, type: 'created' },
      { ...row, streamType: 'label' },
      { ...row, id: deriveId('b') },
    ])
    const read = await collectImport('docket', at('one.jsonl'))
    expect(read.ids).toEqual([id, deriveId('unknown type'), deriveId('newer version'), deriveId('b')])
    expect(read.problems.map((problem) => problem.line)).toEqual([5, 6, 7])
  })
})

describe('an export that is not as it was written', () => {
  const rows = [0, 1, 2, 3].map((n) =>
    rowOf('issue', deriveId('stream'), {
      id: deriveId('event', String(n)),
      type: 'field_changed',
      schemaVersion: 1,
      data: { field: `f${n}`, from: null, to: 'é' },
      actorId: deriveId('ada'),
      occurredAt: n,
      metadata: { triggeredBy: 'import' },
    }),
  )
  async function read(change: (lines: string[]) => readonly string[]) {
    await exportEvents(at('one.jsonl'), rows)
    writeFileSync(at('two.jsonl'), `${change(textOf('one.jsonl').trimEnd().split('\n')).join('\n')}\n`)
    const { ids, problems } = await collectImport('docket', at('two.jsonl'))
    return { events: ids.length, problems }
  }

  it('is taken whole where it is, whoever spaced it otherwise, and where it is of an earlier Docket', async () => {
    expect(await read((lines) => lines)).toEqual({ events: 4, problems: [] })
    const spaced = (line: string) =>
      JSON.stringify(JSON.parse(line), null, 1).replaceAll('\n', ' ').replace('é', '\\u00e9')
    expect(await read((lines) => lines.map(spaced))).toEqual({ events: 4, problems: [] })
    const bare = (line: string) => line.replace(/,"hash":"[^"]*"\}$/, '}').replace(',"closed":true', '')
    expect(await read((lines) => lines.slice(0, 3).map(bare))).toEqual({ events: 2, problems: [] })
  })

  it.each([2, 3, 4, 5])('names the cut where it is cut after line %i', async (line) => {
    expect(await read((lines) => lines.slice(0, line))).toEqual({
      events: line - 1,
      problems: [
        {
          line,
          reason: expect.stringMatching(/^The export is cut off: it has no closing line\. \d of its events/),
        },
      ],
    })
  })

  it('names the line that was changed, and leaves it out', async () => {
    const changed = (line: string) => line.replace('"f1"', '"fX"')
    expect(await read((lines) => lines.map(changed))).toEqual({
      events: 3,
      problems: [{ line: 3, reason: expect.stringContaining('was changed after it was exported') }],
    })
    const without = (line: string, n: number) => (n === 2 ? line.replace(/,"hash":"[^"]*"\}$/, '}') : line)
    expect((await read((lines) => lines.map(without))).problems[0]).toMatchObject({ line: 3 })
  })

  it('says where lines were taken out, put in or moved', async () => {
    const said = async (change: (lines: string[]) => readonly string[]) =>
      (await read(change)).problems.map(({ reason }) => reason)
    expect(await said((lines) => lines.toSpliced(2, 1))).toEqual([
      expect.stringContaining('closed with 4 events, and 3 are here'),
    ])
    expect(await said((lines) => lines.toSpliced(2, 0, lines[1] as string))).toEqual([
      expect.stringContaining('and 5 are here'),
    ])
    expect(await said(([a, b, c, ...rest]) => [a, c, b, ...rest] as string[])).toEqual([
      expect.stringContaining('not in the order'),
    ])
    const [one, two] = [await read((lines) => lines), textOf('one.jsonl')]
    expect(one.problems).toEqual([])
    writeFileSync(at('two.jsonl'), `${two.split('\n').slice(0, 3).join('\n')}\n${two}`)
    expect((await collectImport('docket', at('two.jsonl'))).problems).toEqual([
      { line: 4, reason: expect.stringContaining('cut off') },
    ])
  })
})
