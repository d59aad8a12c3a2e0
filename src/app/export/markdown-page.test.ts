import fc from 'fast-check'
import ReactMarkdown from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { describe, expect, it } from 'vitest'
import { initialFieldValues } from '#core/issue/fields/fields.ts'
import { issueMarkdown } from './export-markdown.ts'
import type { ExportedIssue } from './exported-issue.ts'
import { quotedBody } from './quoted-body.ts'

type Node = { readonly type: string; readonly value?: string; readonly children?: readonly Node[] }

/** A page as the library that the window uses reads it. */
function read(page: string): Node {
  let root: Node = { type: 'root' }
  const keep = () => (tree: Node) => {
    root = JSON.parse(JSON.stringify(tree)) as Node
  }
  ReactMarkdown({ children: page, remarkPlugins: [remarkGfm, keep] })
  return root
}
const textOf = ({ value = '', children = [] }: Node): string => value + children.map(textOf).join('')
const all = (node: Node, type: string): Node[] => [
  ...(node.type === type ? [node] : []),
  ...(node.children ?? []).flatMap((child) => all(child, type)),
]
const headings = (page: string): string[] =>
  (read(page).children ?? []).filter(({ type }) => type === 'heading').map(textOf)

const anIssue = (over: Partial<ExportedIssue>): ExportedIssue => ({
  id: 'i',
  key: 'DOC-1',
  externalKey: null,
  ...initialFieldValues,
  title: 'One',
  description: '',
  status: 'Open',
  author: null,
  assignees: [],
  labels: [],
  links: [],
  createdAt: 0,
  updatedAt: 0,
  archived: false,
  comments: [],
  ...over,
})

const piece = fc.constantFrom(
  '```',
  '````',
  '~~~',
  '`',
  '``',
  '<!--',
  '-->',
  '<pre>',
  '</pre>',
  '<script>',
  '<plaintext>',
  '<div',
  '<?php',
  '<![CDATA[',
  '</blockquote>',
  '# ',
  '===',
  '---',
  '- ',
  '1. ',
  '> ',
  '    ',
  '\t',
  '  ',
  '[a]: b',
  '[^1]: c',
  '|',
  '|-|-|',
  '\\',
  '&lt;',
  '&#10;',
  'text',
  'a',
  '\n',
  '\n',
  '\n\n',
  '\r',
  '<https://a.b>',
  '!',
  '[',
  '](',
  '*',
  '_',
)
const text = fc.array(piece, { maxLength: 25 }).map((parts) => parts.join(''))
const line = text.map((one) => one.replace(/[\r\n\t]+/g, ' ').trim()).filter((one) => one !== '')
/** Without the backslashes that an address at the end of a title takes along. */
const tidy = (one: string): string => one.replace(/\\/g, '').replace(/\s+/g, ' ').trim()

describe('a Markdown page', () => {
  it('has the same headings whatever the texts are, and no HTML', () => {
    fc.assert(
      fc.property(line, text, text, line, (title, description, comment, author) => {
        const page = [
          '# Work\n\n',
          issueMarkdown(
            anIssue({
              title,
              description,
              comments: [{ author, createdAt: 0, editedAt: null, body: comment }],
            }),
          ),
          issueMarkdown(anIssue({ key: 'DOC-2', title: 'Two' })),
        ].join('')
        expect(headings(page).map(tidy)).toEqual(
          ['Work', tidy(`DOC-1: ${title}`), 'Comments', 'DOC-2: Two'].map(tidy),
        )
        expect(all(read(page), 'html')).toEqual([])
      }),
      { numRuns: process.env.DOCKET_TEST_LONG ? 3_000 : 120 },
    )
  })

  it('has code as it was written where it certainly is code', () => {
    const code = 'const a: List<String> = <div># no heading</div>\n\n---\n=== <!-- kept -->'
    for (const written of [
      `\`\`\`ts\n${code}\n\`\`\``,
      `so\n\n~~~~\n${code}\n~~~~\nthen <b>`,
      `\`\`\`\n${code}`,
    ])
      expect(all(read(quotedBody(written)), 'code').map(textOf)).toEqual([code])
    expect(
      all(read(quotedBody('use `List<String>`, not <b>\nor `<!-- -->`')), 'inlineCode').map(textOf),
    ).toEqual(['List<String>', '<!-- -->'])
    expect(all(read(quotedBody('so:\n\n    <xml>\n\n    </xml>\n\nthen')), 'code').map(textOf)).toEqual([
      '<xml>\n\n</xml>',
    ])
  })

  it('shows what was taken for HTML as it was typed', () => {
    expect(textOf(read(quotedBody('a <b>bold</b> \\<i> <!-- note -->')))).toContain('a <b>bold</b>')
  })

  it('is made in time that grows with the text alone', () => {
    for (const mark of ['>', ' ', '- ', '`', '` ', '<', '\\', '```\n', '>\n'])
      expect(quotedBody(mark.repeat(200_000 / mark.length)).length).toBeGreaterThan(0)
  })
})
