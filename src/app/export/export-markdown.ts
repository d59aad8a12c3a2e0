import type { FieldKind } from '#core/issue/fields/field.ts'
import { fieldsOf } from '#core/issue/fields/fields.ts'
import type { Result } from '#core/values/refusal.ts'
import {
  type ExportedComment,
  type ExportedIssue,
  type ExportedIssues,
  instantText,
} from './exported-issue.ts'
import { quotedBody } from './quoted-body.ts'
import { type WholeFileOptions, writeWholeFile } from './whole-file.ts'

/** Keeps a title or name from being read as Markdown; an address in it would take the backslashes behind it along. */
const plain = (text: string): string =>
  text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\`*_[\]#|~]|&(?=#?\w+;)|:(?=\/\/)/g, '\\$&')
    .replaceAll('<', '&lt;')

const when = (at: number): string => `${instantText(at).slice(0, 16).replace('T', ' ')} UTC`

/** The fields of some kinds; one that is as it was at first says nothing. */
const fieldFacts = (issue: ExportedIssue, ...operands: readonly FieldKind['operand'][]) =>
  fieldsOf(...operands).map(({ column, key, initial }) => {
    const value = issue[key]
    return [column, value === initial ? '' : plain(String(value))] as const
  })

function facts(issue: ExportedIssue): string[] {
  const list: (readonly [string, string])[] = [
    ['Status', plain(issue.status) + (issue.archived ? ' (archived)' : '')],
    ...fieldFacts(issue, 'rank'),
    ['Assignees', issue.assignees.map(plain).join(', ')],
    ['Labels', issue.labels.map(plain).join(', ')],
    ...fieldFacts(issue, 'reference', 'day', 'number'),
    ['Created', `${when(issue.createdAt)}${issue.author ? ` by ${plain(issue.author)}` : ''}`],
    ['Updated', when(issue.updatedAt)],
    ['External key', plain(issue.externalKey ?? '')],
    ...issue.links.map((link) => [link.relation, `${plain(link.key)} ${plain(link.title)}`] as const),
  ]
  return list.filter(([, value]) => value !== '').map(([name, value]) => `- **${name}:** ${value}`)
}

const commentText = (comment: ExportedComment): string =>
  `**${plain(comment.author)}**, ${when(comment.createdAt)}${comment.editedAt === null ? '' : ' (edited)'}:\n\n${quotedBody(comment.body)}\n`

/** One issue's part of the document. */
export function issueMarkdown(issue: ExportedIssue): string {
  const parts = [`## ${plain(issue.key)}: ${plain(issue.title)}\n`, `${facts(issue).join('\n')}\n`]
  if (issue.description.trim() !== '') parts.push(`${quotedBody(issue.description)}\n`)
  if (issue.comments.length > 0) parts.push('### Comments\n', ...issue.comments.map(commentText))
  return `${parts.join('\n')}\n---\n\n`
}

/** Writes one readable document: each issue with its facts, description and comments. Refuses as `writeWholeFile` does. */
export async function exportMarkdown(
  file: string,
  issues: ExportedIssues,
  options: WholeFileOptions & { /** The document's heading: the workspace's name. */ readonly title: string },
): Promise<Result<{ readonly bytes: number; readonly issues: number }>> {
  let count = 0
  async function* document(): AsyncGenerator<string> {
    yield `# ${plain(options.title)}\n\n`
    for await (const issue of issues) {
      count++
      yield issueMarkdown(issue)
    }
  }
  const written = await writeWholeFile(file, document(), options)
  return written.ok ? { ok: true, value: { ...written.value, issues: count } } : written
}
