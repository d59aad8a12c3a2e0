import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mentionedIn } from './mentions.ts'

const handles = new Map(['ada', 'ben', 'grace-hopper', 'ada.l'].map((handle) => [handle, handle]))
const found = (text: string) => mentionedIn(text, (handle) => handles.get(handle.toLowerCase()))

describe('a text mentions', () => {
  it.each([
    ['a handle', 'Ask @ada about it', ['ada']],
    ['whatever its case', 'Ask @Ada', ['ada']],
    ['before a full stop', 'This is for @ada.', ['ada']],
    ['a handle that has a full stop', 'This is for @ada.l.', ['ada.l']],
    ['in brackets', '(@grace-hopper, @ben)', ['grace-hopper', 'ben']],
    ['each once, in the order of the text', '@ben @ada @ben', ['ben', 'ada']],
    ['in a list', '- [ ] @ada\n    and @ben, far in', ['ada', 'ben']],
    ['behind a span of code', '`code` @ada', ['ada']],
    ['behind a backtick that nothing closes', '` @ada', ['ada']],
    ['in a paragraph behind an open backtick', 'a ` b\n\n@ada and `', ['ada']],
    ['behind a code block', '```\n@ben\n```\n@ada', ['ada']],
    ['an indented line of a paragraph', 'so\n    @ada', ['ada']],
    ['behind a comment', '<!-- @ben --> @ada', ['ada']],
    [
      'behind a comment of several paragraphs',
      '<!--\n@ben\n\n@ben --> @ada\n\nand @grace-hopper',
      ['ada', 'grace-hopper'],
    ],
    ['in a comment that nothing closes', '<!-- so @ada', ['ada']],
    ['in the text of a link', '[ask @ada](https://a.example "@ben")', ['ada']],
    ['between tags', '<b title="@ben">@ada</b>', ['ada']],
    ['in a footnote', 'so[^1]\n\n[^1]: says @ada', ['ada']],
    ['behind a picture', '![@ben](a.png) @ada', ['ada']],
    ['in a comparison', 'a < b @ada > c', ['ada']],
    ['between escaped backticks', '\\`@ada\\`', ['ada']],
  ])('%s', (_, text, expected) => {
    expect(found(text)).toEqual(expected)
  })
})

describe('a text does not mention', () => {
  it.each([
    ['a handle that nobody has', '@nobody'],
    ['an e-mail address', 'ada@ada.example and x@ada'],
    ['a path', 'packages/@ada'],
    ['a span of code', 'run `@ada`'],
    ['a span of code over two lines', 'run `a\n@ada b`'],
    ['a span with backticks inside', '`` ` @ada ``'],
    ['a fenced block', 'so\n```ts\n@ada\n```'],
    ['a fenced block that nothing closes', '~~~\n@ada\n```\n'],
    ['a block that a shorter fence does not close', '````\n```\n@ada\n````'],
    ['a block in a quote', '> ```\n> @ada\n> ```'],
    ['a block in a list', '- ```\n  @ada\n  ```'],
    ['a comment', 'so <!-- @ada --> on'],
    ['a comment of several lines', 'so\n<!--\nping @ada\n\n@ben\n-->\non'],
    ['a comment in a list', '- <!-- tell\n  @ada -->\n- so'],
    ['what stands for a picture', '![@ada and [x] @ben](https://a.example/b.png)'],
    ['what stands for a picture by reference', '![@ada][pic]\n\n[pic]: a.png "@ben"'],
    ['the address or title of a link', '[so](@ada) [so](https://a.example "ask @ben")'],
    ['a definition', '[so]: https://a.example\n  "@ada"\n[two]: @ben'],
    ['an attribute', '<img alt="@ada" src="x"> <a\ntitle="@ben">so</a>'],
    ['an indented block', 'so\n\n    @ada\n'],
  ])('in %s', (_, text) => {
    expect(found(text)).toEqual([])
  })
})

it('a long text is read through, whatever is in it', () => {
  const nasty = [
    '`',
    '[',
    ']',
    '](',
    '![',
    '<!--',
    '<a ',
    '-->',
    '(',
    '\\',
    '"',
    '@',
    '@ada ',
    '`@',
    '\\`',
    '``` \n',
    '> ',
    '\n\n',
    '~~~\n',
  ]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...nasty), { minLength: 1, maxLength: 6 }), (parts) => {
      const text = parts.join('').repeat(Math.ceil(100_000 / parts.join('').length))
      expect(Array.isArray(found(text))).toBe(true)
    }),
    { numRuns: 60 },
  )
})
