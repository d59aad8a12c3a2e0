import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { testFolder } from '../testing/collected-import.ts'
import { type JsonRecord, jsonRecords } from './json-records.ts'
import type { SliceLimits } from './json-slices.ts'
import { openJsonSource } from './json-source.ts'
import { Refused } from './refused.ts'

const files = testFolder()
afterAll(() => files.dispose())

async function read(content: string | Buffer, limits?: SliceLimits): Promise<JsonRecord[]> {
  const source = await openJsonSource(files.file(content))
  try {
    const records: JsonRecord[] = []
    for await (const record of jsonRecords(source, { listKeys: ['issues'], ...(limits ? { limits } : {}) }))
      records.push(record)
    return records
  } finally {
    await source.close()
  }
}

const values = (records: readonly JsonRecord[]) =>
  records.map((record) => (record.kind === 'record' ? record.value : record.reason))

async function refusal(file: string): Promise<string> {
  const error: unknown = await openJsonSource(file).then(
    () => null,
    (reason: unknown) => reason,
  )
  return error instanceof Refused ? `${error.refusal.code}: ${error.refusal.message}` : String(error)
}

describe('records of a JSON file', () => {
  it('are found whatever they hold: one a line, as an array, as a list in a document, indented or not', async () => {
    const record = fc.dictionary(
      fc.string({ unit: 'binary' }),
      fc.jsonValue({ maxDepth: 3, stringUnit: 'grapheme' }).filter((value) => value !== undefined),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(undefined, 2),
        async (list, indent) => {
          const expected = list.map((value) => JSON.parse(JSON.stringify(value)) as unknown)
          expect(values(await read(list.map((value) => JSON.stringify(value)).join('\n')))).toEqual(expected)
          expect(values(await read(JSON.stringify(list, null, indent)))).toEqual(expected)
          expect(
            values(
              await read(JSON.stringify({ startAt: 0, issues: list, total: list.length }, null, indent)),
            ),
          ).toEqual(expected)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('are found in pages however these are strung together, and what stands between and after them is reported', async () => {
    const record = fc.dictionary(
      fc.string({ unit: 'binary' }).filter((name) => name !== 'issues'),
      fc.jsonValue({ maxDepth: 3, stringUnit: 'grapheme' }),
    )
    const page = fc.array(record, { maxLength: 4 })
    const asList = (list: readonly unknown[], indent?: number): string => JSON.stringify(list, null, indent)
    const asDocument = (list: readonly unknown[], indent?: number): string =>
      JSON.stringify({ startAt: 0, expand: 'a,"b]', issues: list, total: 2, names: { a: [1] } }, null, indent)
    await fc.assert(
      fc.asyncProperty(
        fc.array(page, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(asList, asDocument),
        fc.constantFrom(undefined, 2),
        fc.constantFrom('', '\n', '\r\n\n', ' , '),
        fc.boolean(),
        fc.boolean(),
        async (pages, pack, indent, between, slurped, garbage) => {
          const expected = pages.flat().map((value) => JSON.parse(JSON.stringify(value)) as unknown)
          const packed = pages.map((list) => pack(list, indent))
          const text = slurped ? `[${packed.join(',')}]` : packed.join(between)
          const records = await read(garbage ? `${text}\nrate limit exceeded {"message":"x"}\n` : text)
          expect(values(records.filter(({ kind }) => kind === 'record'))).toEqual(expected)
          const problems = records.filter(({ kind }) => kind === 'problem')
          expect(problems).toHaveLength(garbage ? 1 : 0)
          if (garbage) expect(problems[0]?.line).toBe(text.split('\n').length + 1)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('a page a line that is cut leaves the other pages alone, and a list that is cut between two records says so', async () => {
    const cut = await read('{"x":1,"issues":[{"a":1}]}\n{"issues":[{"a":2},{"a":')
    expect(values(cut)).toEqual([{ a: 1 }, { a: 2 }, 'The element ends in the middle: the file is cut off.'])
    expect(values(await read('[{"a":1},\n{"a":2}'))).toEqual([
      { a: 1 },
      { a: 2 },
      'The list is not closed: the file is cut off.',
    ])
    expect(values(await read('{"k":1}\n[{"a":1},{"a":\n{"a":3}'))).toEqual([
      { k: 1 },
      { a: 1 },
      expect.stringMatching(/^The line is not JSON/),
      { a: 3 },
    ])
  })

  it('objects that stand one after another on one line or over several are all read', async () => {
    expect(values(await read('{"a":1}{"a":2}\n{"a":3} nonsense\n{"a":4}'))).toEqual([
      { a: 1 },
      { a: 2 },
      { a: 3 },
      expect.stringMatching(/^The line is not JSON/),
      { a: 4 },
    ])
    expect(values(await read('{\n"a":1\n}\n{\n"a":2\n}\n'))).toEqual([{ a: 1 }, { a: 2 }])
  })

  it('a single indented document is one record', async () => {
    expect(values(await read(JSON.stringify({ issue: { number: 1 }, comments: [] }, null, 2)))).toEqual([
      { issue: { number: 1 }, comments: [] },
    ])
  })

  it('carriage returns, blank lines and a byte order mark are passed over', async () => {
    expect(values(await read('\uFEFF{"a":1}\r\n\r\n{"a":2}\r\n'))).toEqual([{ a: 1 }, { a: 2 }])
    expect(values(await read('\uFEFF[{"a":1}]'))).toEqual([{ a: 1 }])
  })

  it('a broken line, a conflict marker and a line that is no object are reported by line, and the rest goes in', async () => {
    const records = await read(
      '{"a":1}\n<<<<<<< HEAD\n{"a":2\n=======\n{"a":3}\n>>>>>>> other\n[1]\n"x"\n{"a":4}',
    )
    expect(
      records.filter((record) => record.kind === 'record').map((record) => [record.line, record.value]),
    ).toEqual([
      [1, { a: 1 }],
      [5, { a: 3 }],
      [9, { a: 4 }],
    ])
    expect(records.filter((record) => record.kind === 'problem').map((record) => record.line)).toEqual([
      2, 3, 4, 6, 7, 8,
    ])
    expect(values(records)[1]).toBe('The line is a conflict marker that git left in the file.')
  })

  it('a first line that is broken does not hide the others', async () => {
    expect(values(await read('{"a":\n{"a":2}\n')).at(-1)).toEqual({ a: 2 })
    expect(values(await read('<<<<<<< HEAD\n{"a":2}\n')).at(-1)).toEqual({ a: 2 })
    expect(values(await read('{"a":"cut of\n{"a":2}\n')).at(-1)).toEqual({ a: 2 })
  })

  it('a broken element of an array is reported by its line, and the rest goes in', async () => {
    const records = await read('[\n{"a":1},\n{"a" 2},\n{"a":3},\n{"a":')
    expect(records.map((record) => [record.line, record.kind])).toEqual([
      [2, 'record'],
      [3, 'problem'],
      [4, 'record'],
      [5, 'problem'],
    ])
    expect(values(records).at(-1)).toMatch(/cut off/)
  })

  it('a JSON bomb and a record over the limit are problems of their lines', async () => {
    const bomb = '['.repeat(3_000_000)
    const nested = `{"a":${'['.repeat(300)}${']'.repeat(300)}}`
    const large = JSON.stringify({ a: 'x'.repeat(2_000) })
    const limits = { maxBytes: 8_000_000, maxDepth: 200 }
    expect(values(await read(`{"a":1}\n${bomb}\n${nested}\n{"a":2}`, limits))).toEqual([
      { a: 1 },
      'The line is nested deeper than 200 levels.',
      'The line is nested deeper than 200 levels.',
      { a: 2 },
    ])
    expect(values(await read(`[{"a":1},${nested},{"a":2}]`, limits))).toEqual([
      { a: 1 },
      'The element is nested deeper than 200 levels.',
      { a: 2 },
    ])
    expect(
      (await read(`{"a":1}\n${large}\n{"a":2}`, { maxBytes: 1_000, maxDepth: 200 })).map(
        (record) => record.kind,
      ),
    ).toEqual(['record', 'problem', 'record'])
    expect(
      (await read(`[{"a":1},${large},{"a":2}]`, { maxBytes: 1_000, maxDepth: 200 })).map(
        (record) => record.kind,
      ),
    ).toEqual(['record', 'problem', 'record'])
  })

  it('bytes that are not UTF-8 become replacement characters', async () => {
    expect(
      values(
        await read(Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])),
      ),
    ).toEqual([{ a: '\uFFFD\uFFFD' }])
  })

  it('a folder, a missing, empty, blank or binary file, UTF-16 and a pipe are refused with a sentence', async () => {
    expect(await refusal(files.folder)).toMatch(/^import_unreadable: .*is a folder/)
    expect(await refusal(join(files.folder, 'none.json'))).toMatch(/^import_unreadable: .*does not exist/)
    expect(await refusal(files.file(''))).toMatch(/^import_unreadable: .*is empty/)
    expect(await refusal(files.file(' \n\r\n'))).toMatch(/^import_unreadable: .*is empty/)
    expect(await refusal(files.file(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1])))).toMatch(
      /^import_unreadable: .*is a binary file/,
    )
    expect(await refusal(files.file(Buffer.from('\uFEFF[{}]', 'utf16le')))).toMatch(
      /^import_unreadable: .*UTF-16/,
    )
    const pipe = join(files.folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    expect(await refusal(pipe)).toMatch(/^import_unreadable: .*is not a plain file/)
  })
})
