import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { initialFieldValues } from '#core/issue/fields/fields.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import type { ImportedEvent } from '../import/history/imported.ts'
import { collectImport } from '../import/testing/collected-import.ts'
import { exportCsv } from './export-csv.ts'
import { type EventExportRow, exportEvents } from './export-events.ts'
import { exportMarkdown } from './export-markdown.ts'
import type { ExportedIssue } from './exported-issue.ts'
import { writeWholeFile } from './whole-file.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-export-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => join(folder, name)
const textOf = (name: string): string => readFileSync(at(name), 'utf8')

const issue = (more: Partial<ExportedIssue> = {}): ExportedIssue => ({
  id: deriveId('x'),
  key: 'DOC-1',
  externalKey: null,
  ...initialFieldValues,
  title: 'Title',
  description: '',
  status: 'Open',
  author: 'Ada',
  assignees: [],
  labels: [],
  links: [],
  createdAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  updatedAt: Date.UTC(2026, 0, 3),
  archived: false,
  comments: [],
  ...more,
})

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
    writeFileSync(at('two.jsonl'), two.split('\n').slice(0, 3).join('\n') + '\n' + two)
    expect((await collectImport('docket', at('two.jsonl'))).problems).toEqual([
      { line: 4, reason: expect.stringContaining('cut off') },
    ])
  })
})

describe('issues as CSV', () => {
  it('follow RFC 4180: CRLF between records, quotes doubled, line breaks kept in a cell', async () => {
    expect(
      await exportCsv(at('a.csv'), [
        issue({ title: 'a "b", c', description: 'one\ntwo', labels: ['x', 'y'], project: 'Web' }),
      ]),
    ).toMatchObject({ ok: true, value: { issues: 1 } })
    const [header, record] = textOf('a.csv').split('\r\n')
    expect(header).toBe(
      'Key,Title,Status,Priority,Assignees,Labels,Project,Due,Author,Created,Updated,Archived,Comments,Links,External key,Description,Id',
    )
    expect(record).toContain('DOC-1,"a ""b"", c",Open,none,,"x, y",Web,,Ada,2026-01-02T03:04:05.006Z')
    expect(record).toContain('"one\ntwo"')
  })

  it('no cell begins with what a spreadsheet takes for a formula', async () => {
    await exportCsv(
      at('a.csv'),
      ['=1+1', '+1', '-1', '@x', '\tx', '\rx'].map((title) =>
        issue({ title, assignees: [title], description: title }),
      ),
    )
    expect(textOf('a.csv')).not.toMatch(/(?:^|,|\r\n)"?[=+\-@\t\r](?!\n)/)
    expect(textOf('a.csv')).toContain("'=1+1")
  })

  it('no part of a cell that begins behind a semicolon, a tab or a line break is a formula either, and lists stay lists', async () => {
    await exportCsv(at('a.csv'), [
      issue({ title: 'a;=1+1', description: 'b; -2+3\n=cmd\n- item\n---\n-2\t@x;\n＝1', labels: ['c;d'] }),
    ])
    const text = textOf('a.csv')
    expect(text).toContain(`"a;'=1+1"`)
    expect(text).toContain(`"b; '-2+3\n'=cmd\n- item\n---\n'-2\t'@x;\n'＝1"`)
    expect(text).toContain('"c;d"')
  })

  it('begin with the mark that Excel needs where it is asked for', async () => {
    await exportCsv(at('a.csv'), [issue({ title: 'Grüße' })], { excel: true })
    expect(textOf('a.csv')).toMatch(/^\uFEFFKey,/)
    await exportCsv(at('b.csv'), [])
    expect(textOf('b.csv')).toMatch(/^Key,/)
  })
})

describe('issues as Markdown', () => {
  it('are one readable document, in which no body breaks the outline', async () => {
    const comments = [
      { author: 'Bob', createdAt: 0, editedAt: 5, body: '```js\nnever closed' },
      { author: 'Ada', createdAt: 1, editedAt: null, body: 'fine' },
    ]
    await exportMarkdown(
      at('a.md'),
      [
        issue({
          title: 'a *b* <c>',
          description: '# Big\n```\n# code\n```',
          assignees: ['Ada'],
          links: [{ relation: 'blocks', key: 'DOC-2', title: 'Two' }],
          comments,
        }),
      ],
      { title: 'Work' },
    )
    expect(textOf('a.md')).toBe(
      [
        '# Work',
        '',
        '## DOC-1: a \\*b\\* &lt;c>',
        '',
        '- **Status:** Open',
        '- **Assignees:** Ada',
        '- **Created:** 2026-01-02 03:04 UTC by Ada',
        '- **Updated:** 2026-01-03 00:00 UTC',
        '- **blocks:** DOC-2 Two',
        '',
        '> #### Big',
        '> ```',
        '> # code',
        '> ```',
        '',
        '### Comments',
        '',
        '**Bob**, 1970-01-01 00:00 UTC (edited):',
        '',
        '> ```js',
        '> never closed',
        '> ```',
        '',
        '**Ada**, 1970-01-01 00:00 UTC:',
        '',
        '> fine',
        '',
        '---',
        '',
        '',
      ].join('\n'),
    )
  })
})

describe('a file written as a whole', () => {
  it('replaces the old one, and leaves nothing beside it', async () => {
    writeFileSync(at('a.txt'), 'old')
    expect(await writeWholeFile(at('a.txt'), ['né', 'w'])).toEqual({ ok: true, value: { bytes: 4 } })
    expect(textOf('a.txt')).toBe('néw')
    expect(readdirSync(folder)).toEqual(['a.txt'])
  })

  it('stays the old one where the export is stopped or its source fails', async () => {
    writeFileSync(at('a.txt'), 'old')
    const stop = new AbortController()
    const pieces = function* () {
      yield 'x'.repeat(1_000_000)
      stop.abort()
      yield 'y'
    }
    expect(await writeWholeFile(at('a.txt'), pieces(), { signal: stop.signal })).toMatchObject({
      ok: false,
      error: { code: 'cancelled' },
    })
    const failing = function* (): Iterable<string> {
      yield 'x'
      throw new Error('broken source')
    }
    await expect(writeWholeFile(at('a.txt'), failing())).rejects.toThrow('broken source')
    expect(textOf('a.txt')).toBe('old')
    expect(readdirSync(folder)).toEqual(['a.txt'])
  })

  it('is refused with a sentence where it can not be', async () => {
    expect(await writeWholeFile(folder, ['x'])).toMatchObject({
      ok: false,
      error: { code: 'invalid_input', message: expect.stringMatching(/is a folder/) },
    })
    expect(await writeWholeFile(at('none/a.txt'), ['x'])).toMatchObject({
      ok: false,
      error: { code: 'invalid_input', message: expect.stringMatching(/does not exist/) },
    })
    writeFileSync(at('plain'), '')
    expect(await writeWholeFile(at('plain/a.txt'), ['x'])).toMatchObject({
      ok: false,
      error: { code: 'invalid_input' },
    })
    expect(await writeWholeFile(at('a'.repeat(300)), ['x'])).toMatchObject({
      ok: false,
      error: { code: 'invalid_input' },
    })
    expect(existsSync(at('none'))).toBe(false)
  })
})
