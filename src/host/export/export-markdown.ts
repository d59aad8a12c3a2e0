import type { Result } from '#core/refusal.ts'
import {
  type ExportedComment,
  type ExportedIssue,
  type ExportedIssues,
  instantText,
} from './exported-issue.ts'
import { type WholeFileOptions, writeWholeFile } from './whole-file.ts'

/** Keeps a title or name from being read as Markdown. */
const plain = (text: string): string => text.replace(/[\\`*_[\]<>#|~]/g, '\\$&')

/** A line of fences that a text leaves open, to be closed so that it does not swallow what follows. */
function closing(text: string): string {
  let open: string | null = null
  for (const line of text.split('\n')) {
    const fence = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line)
    if (!fence) continue
    const [, marks = '', rest = ''] = fence
    if (open === null) {
      if (!(marks.startsWith('`') && rest.includes('`'))) open = marks
    } else if (marks[0] === open[0] && marks.length >= open.length && rest.trim() === '') open = null
  }
  return open === null ? '' : `\n${open}`
}

/** Headings inside a body go below the issue's own, so that the document keeps one outline: `# x` becomes `#### x`. */
function lowered(text: string): string {
  let open: string | null = null
  return text
    .split('\n')
    .map((line) => {
      const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
      if (fence)
        open = open === null ? fence : fence[0] === open[0] && fence.length >= open.length ? null : open
      return open === null
        ? line.replace(
            /^( {0,3})(#{1,6})(?=\s)/,
            (_, blanks: string, marks: string) => blanks + '#'.repeat(Math.min(6, marks.length + 3)),
          )
        : line
    })
    .join('\n')
}

const bodyText = (text: string): string => {
  const trimmed = text.replaceAll('\r\n', '\n').trim()
  return lowered(trimmed) + closing(trimmed)
}

const when = (at: number): string => `${instantText(at).slice(0, 16).replace('T', ' ')} UTC`

function facts(issue: ExportedIssue): string[] {
  const list: (readonly [string, string])[] = [
    ['Status', plain(issue.status) + (issue.archived ? ' (archived)' : '')],
    ['Priority', issue.priority === 'none' ? '' : plain(issue.priority)],
    ['Assignees', issue.assignees.map(plain).join(', ')],
    ['Labels', issue.labels.map(plain).join(', ')],
    ['Project', plain(issue.project ?? '')],
    ['Due', issue.dueDate ?? ''],
    ['Created', `${when(issue.createdAt)}${issue.author ? ` by ${plain(issue.author)}` : ''}`],
    ['Updated', when(issue.updatedAt)],
    ['External key', plain(issue.externalKey ?? '')],
    ...issue.links.map((link) => [link.relation, `${plain(link.key)} ${plain(link.title)}`] as const),
  ]
  return list.filter(([, value]) => value !== '').map(([name, value]) => `- **${name}:** ${value}`)
}

const commentText = (comment: ExportedComment): string =>
  `**${plain(comment.author)}**, ${when(comment.createdAt)}${comment.editedAt === null ? '' : ' (edited)'}:\n\n${bodyText(comment.body)}\n`

/** One issue's part of the document. */
export function issueMarkdown(issue: ExportedIssue): string {
  const parts = [`## ${plain(issue.key)}: ${plain(issue.title)}\n`, `${facts(issue).join('\n')}\n`]
  if (issue.description.trim() !== '') parts.push(`${bodyText(issue.description)}\n`)
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
