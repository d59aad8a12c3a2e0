import { stringify } from 'csv-stringify/sync'
import type { Result } from '#core/refusal.ts'
import { type ExportedIssue, type ExportedIssues, instantText } from './exported-issue.ts'
import { type WholeFileOptions, writeWholeFile } from './whole-file.ts'

const columns: readonly (readonly [string, (issue: ExportedIssue) => string | number])[] = [
  ['Key', (issue) => issue.key],
  ['Title', (issue) => issue.title],
  ['Status', (issue) => issue.status],
  ['Priority', (issue) => issue.priority],
  ['Assignees', (issue) => issue.assignees.join(', ')],
  ['Labels', (issue) => issue.labels.join(', ')],
  ['Project', (issue) => issue.project ?? ''],
  ['Due', (issue) => issue.dueDate ?? ''],
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

const safeCell = (value: string | number): string | number =>
  typeof value === 'string' && formula.test(value) ? `'${value}` : value

const row = (cells: readonly (string | number)[]): string =>
  stringify([cells.map(safeCell)], { record_delimiter: '\r\n', quoted_match: /[\r\n]/ })

/** Writes a table of issues, RFC 4180: UTF-8, CRLF, one header row, one row an issue. Refuses as `writeWholeFile` does. */
export async function exportCsv(
  file: string,
  issues: ExportedIssues,
  options: WholeFileOptions = {},
): Promise<Result<{ readonly bytes: number; readonly issues: number }>> {
  let count = 0
  async function* rows(): AsyncGenerator<string> {
    yield row(columns.map(([name]) => name))
    for await (const issue of issues) {
      count++
      yield row(columns.map(([, cell]) => cell(issue)))
    }
  }
  const written = await writeWholeFile(file, rows(), options)
  return written.ok ? { ok: true, value: { ...written.value, issues: count } } : written
}
