import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { initialFieldValues } from '#core/issue/fields/fields.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { exportMarkdown } from './export-markdown.ts'
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
