import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseMarkdown } from './parse-markdown.ts'
import { isNestedTooDeep, isQuick, nestingOf } from './quick-text.ts'

const full = (text: string): string => text.repeat(Math.ceil(6_000 / text.length)).slice(0, 6_000)

describe('what is parsed where the window is drawn', () => {
  it('is what people write', () => {
    const written = 'The *map* is slow, see [the log](https://a.example/b) and `map.ts`.\n\n- one\n- two\n\n'
    expect(isQuick(written.repeat(12))).toBe(true)
    expect(isQuick('word '.repeat(1_600))).toBe(true)
    expect(isQuick('修复登录页面崩溃。'.repeat(800))).toBe(true)
    expect(isNestedTooDeep('> > - - 1. deep')).toBe(false)
  })

  it.each(['> ', '>', '- ', '1. ', '> - ', '\t- '])('is not a line of %j', (mark) => {
    expect(isNestedTooDeep(full(mark))).toBe(true)
    expect(isNestedTooDeep(`so\n${full(mark)}`)).toBe(true)
  })

  it.each(['[', ']', '![', '*a ', 'a**b', 'a\n=\n', '[^a]: ', '|a', '`', '<', '# a\n', '~~a ', '_a_', '\\'])(
    'is not a text of %j',
    (mark) => {
      expect(isQuick(full(mark))).toBe(false)
    },
  )

  it('the depth that is worked out is never less than what the parser makes of one line', () => {
    const marks = fc.array(fc.constantFrom('> ', '- ', '1. ', '>', '* ', '12) ', '  '), { maxLength: 12 })
    const depthOf = (nodes: ReturnType<typeof parseMarkdown>): number =>
      Math.max(
        0,
        ...nodes.map((node) =>
          typeof node === 'string'
            ? 0
            : depthOf(node.children) + Number(['blockquote', 'ul', 'ol'].includes(node.tag)),
        ),
      )
    fc.assert(
      fc.property(marks, (parts) => {
        const text = `${parts.join('')}x`
        expect(nestingOf(text)).toBeGreaterThanOrEqual(
          depthOf(parseMarkdown(text, { prefixes: [], handles: [] })),
        )
      }),
    )
  })
})
