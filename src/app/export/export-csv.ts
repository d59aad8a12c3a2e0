import { stringify } from 'csv-stringify/sync'
import type { FieldKind } from '#core/issue/fields/field.ts'
import { fieldsOf } from '#core/issue/fields/fields.ts'
import type { Result } from '#core/values/refusal.ts'
import { type ExportedIssue, type ExportedIssues, instantText } from './exported-issue.ts'
import { type WholeFileOptions, writeWholeFile } from './whole-file.ts'

type Column = readonly [string, (issue: ExportedIssue) => string | number]
const ofFields = (...operands: readonly FieldKind['operand'][]): readonly Column[] =>
  fieldsOf(...operands).map(({ column, key }) => [column, (issue) => issue[key] ?? ''])

const columns: readonly Column[] = [
  ['Key', (issue) => issue.key],
  ...ofFields('text'),
  ['Status', (issue) => issue.status],
  ...ofFields('rank'),
  ['Assignees', (issue) => issue.assignees.join(', ')],
  ['Labels', (issue) => issue.labels.join(', ')],
  ...ofFields('reference', 'day', 'number'),
  ['Author', (issue) => issue.author ?? ''],
  ['Created', (issue) => instantText(issue.createdAt)],
  ['Updated', (issue) => instantText(issue.updatedAt)],
  ['Archived', (issue) => (issue.archived ? 'yes' : 'no')],
  ['Comments', (issue) => issue.comments.length],
  ['Links', (issue) => issue.links.map((link) => `${link.relation} ${link.key}`).join(', ')],
  ['External key', (issue) => issue.externalKey ?? ''],
  ['Description', (issue) => issue.description],
  ['Id', (issue) => issue.id],
]

/** Spreadsheets run a cell that begins with one of these as a formula (OWASP, "CSV injection"); a quote before it makes it text. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/
/**
 * The same inside of a cell, where a spreadsheet of a country that writes `1,5` cuts it in two: behind a semicolon, a tab or a line break. A list's
 * `- ` and a rule's `---` at the beginning of a line are no formulas.
 */
const inside = /([;\t] *|[\r\n])(?=[=+@＝＋－＠]|(?<=[;\t] *)-|-[^\s-])/g

const safeCell = (value: string | number): string | number => {
  if (typeof value !== 'string') return value
  const safe = value.replace(inside, "$1'")
  return formula.test(safe) ? `'${safe}` : safe
}

const row = (cells: readonly (string | number)[]): string =>
  stringify([cells.map(safeCell)], { record_delimiter: '\r\n', quoted_match: /[\r\n;\t]/ })

/**
 * Writes a table of issues, RFC 4180: UTF-8, CRLF, one header row, one row an issue. Refuses as `writeWholeFile` does.
 * @param options.excel whether it begins with a byte order mark, without which Excel takes UTF-8 for something else
 */
export async function exportCsv(
  file: string,
  issues: ExportedIssues,
  options: WholeFileOptions & { readonly excel?: boolean } = {},
): Promise<Result<{ readonly bytes: number; readonly issues: number }>> {
  let count = 0
  async function* rows(): AsyncGenerator<string> {
    if (options.excel) yield '\uFEFF'
    yield row(columns.map(([name]) => name))
    for await (const issue of issues) {
      count++
      yield row(columns.map(([, cell]) => cell(issue)))
    }
  }
  const written = await writeWholeFile(file, rows(), options)
  return written.ok ? { ok: true, value: { ...written.value, issues: count } } : written
}
