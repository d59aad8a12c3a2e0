import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { markdownFromDocument } from './jira-document.ts'

type Node = Record<string, unknown>
const text = (of: string, ...marks: Node[]): Node => ({
  type: 'text',
  text: of,
  ...(marks.length ? { marks } : {}),
})
const node = (type: string, content: readonly Node[] = [], attrs?: Node): Node => ({
  type,
  content,
  ...(attrs ? { attrs } : {}),
})
const paragraph = (...content: readonly Node[]): Node => node('paragraph', content)
const markdown = (...content: readonly Node[]): string =>
  markdownFromDocument({ type: 'doc', version: 1, content })

describe('a document of Jira’s REST API v3 as Markdown', () => {
  it('keeps links, mentions, dates, emoji, status and breaks in a line', () => {
    expect(
      markdown(
        paragraph(
          text('see '),
          node('inlineCard', [], { url: 'https://example.org/spec?a=1' }),
          text(' and '),
          text('the doc', { type: 'link', attrs: { href: 'https://example.org/doc(1)' } }),
          node('hardBreak'),
          text('second line '),
          node('emoji', [], { shortName: ':smile:', text: '😄' }),
          text(' '),
          node('mention', [], { id: 'x', text: '@Cy' }),
          text(' '),
          node('date', [], { timestamp: '1767261600000' }),
          text(' '),
          node('status', [], { text: 'BLOCKED' }),
        ),
      ),
    ).toBe(
      'see <https://example.org/spec?a=1> and [the doc](https://example.org/doc%281%29)\\\nsecond line 😄 @Cy 2026-01-01 **BLOCKED**',
    )
  })

  it('has marks around the words, code as it is, and no mark where the text only looks like one', () => {
    expect(
      markdown(
        paragraph(
          text('bold ', { type: 'strong' }),
          text('both', { type: 'strong' }, { type: 'em' }),
          text(' '),
          text('a*b`c', { type: 'code' }),
          text(' rm *a* -b- __init__ [x](y) <b> snake_case'),
        ),
        paragraph(text('# no heading')),
        paragraph(text('1. no list')),
        paragraph(text('- none either')),
      ),
    ).toBe(
      '**bold** ***both*** ``a*b`c`` rm \\*a\\* -b- \\_\\_init\\_\\_ \\[x\\](y) \\<b> snake_case\n\n\\# no heading\n\n1\\. no list\n\n\\- none either',
    )
    expect(markdown(node('codeBlock', [text('rm *a* -b- {x}\nrun [~bob]\n```')], { language: 'sh' }))).toBe(
      '````sh\nrm *a* -b- {x}\nrun [~bob]\n```\n````',
    )
  })

  it('nests lists, tasks, quotes and panels, and lays tables out', () => {
    const item = (...content: readonly Node[]): Node => node('listItem', content)
    expect(
      markdown(
        node('bulletList', [
          item(paragraph(text('one')), node('orderedList', [item(paragraph(text('deep')))], { order: 3 })),
          item(paragraph(text('two'))),
        ]),
        node('taskList', [
          node('taskItem', [text('done')], { state: 'DONE' }),
          node('taskItem', [text('open')], { state: 'TODO' }),
        ]),
        node('panel', [paragraph(text('careful'))], { panelType: 'warning' }),
        node('table', [
          node('tableRow', [
            node('tableHeader', [paragraph(text('a|b'))]),
            node('tableHeader', [paragraph(text('c'))]),
          ]),
          node('tableRow', [node('tableCell', [paragraph(text('1')), paragraph(text('2'))])]),
        ]),
        node('mediaSingle', [node('media', [], { id: 'm1', type: 'file', alt: 'shot.png' })]),
      ),
    ).toBe(
      [
        '- one\n   3. deep\n- two',
        '- [x] done\n- [ ] open',
        '> **Warning**\n>\n> careful',
        '| a\\|b | c |\n| --- | --- |\n| 1 2 |  |',
        '*shot.png*',
      ].join('\n\n'),
    )
  })

  it('takes any value in time that grows with it alone, and loses no letter of a node that it does not know', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(typeof markdownFromDocument(value)).toBe('string')
      }),
    )
    expect(markdown({ type: 'futureBlock', content: [paragraph(text('kept'))] })).toBe('kept')
    let deep: Node = paragraph(text('bottom'))
    for (let i = 0; i < 190; i++) deep = node('blockquote', [deep])
    expect(markdown(deep)).toContain('bottom')
  })
})
