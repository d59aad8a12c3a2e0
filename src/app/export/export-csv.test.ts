import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { initialFieldValues } from '#core/issue/fields/fields.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { exportCsv } from './export-csv.ts'
import type { ExportedIssue } from './exported-issue.ts'

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

describe('issues as CSV', () => {
  it('follow RFC 4180: CRLF between records, quotes doubled, line breaks kept in a cell', async () => {
    expect(
      await exportCsv(at('a.csv'), [
        issue({ title: 'a "b", c', description: 'one\ntwo', labels: ['x', 'y'], project: 'Web' }),
      ]),
    ).toMatchObject({ ok: true, value: { issues: 1 } })
    const [header, record] = textOf('a.csv').split('\r\n')
    expect(header).toBe(
      'Key,Title,Status,Priority,Assignees,Labels,Project,Due,Estimate,Author,Created,Updated,Archived,Comments,Links,External key,Description,Id',
    )
    expect(record).toContain('DOC-1,"a ""b"", c",Open,none,,"x, y",Web,,,Ada,2026-01-02T03:04:05.006Z')
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
