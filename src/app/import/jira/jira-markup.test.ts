import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { markdownFromJira } from './jira-markup.ts'

const markdown = (wiki: string): string => markdownFromJira(wiki).markdown

describe('Jira markup as Markdown', () => {
  it.each([
    ['h2. Steps', '## Steps'],
    ['*bold* and -struck- and {{mono}}', '**bold** and ~~struck~~ and `mono`'],
    ['2 * 3 * 4, a-b-c, 2014-10-12 - 2015-01-02', '2 * 3 * 4, a-b-c, 2014-10-12 - 2015-01-02'],
    ['* one\n** two\n# first', '- one\n   - two\n1. first'],
    ['[the docs|http://example.org/a(b)]', '[the docs](http://example.org/a%28b%29)'],
    ['[http://example.org]', '<http://example.org>'],
    ['[~ada] said array[0] works', '@ada said array[0] works'],
    ['bq. quoted', '> quoted'],
    ['{quote}one\ntwo{quote}\nafter', '> one\n> two\n\nafter'],
    ['||A||B||\n|1|[x|http://e.org]|', '| A | B |\n| --- | --- |\n| 1 | [x](http://e.org) |'],
    ['use <View> here', 'use \\<View> here'],
    ['----', '---'],
    ["(S4()+S4()+'-'+S4()+'-'+S4())", "(S4()+S4()+'-'+S4()+'-'+S4())"],
    ['src/*.js,*.ts and lib/**/*.d.ts', 'src/\\*.js,\\*.ts and lib/\\*\\*/\\*.d.ts'],
    ['call __init__ of it', 'call \\_\\_init\\_\\_ of it'],
    ['a+b+c, x-y-z, 2*3*4, snake_case_name', 'a+b+c, x-y-z, 2\\*3\\*4, snake_case_name'],
    ['not \\*bold\\*, \\{braces\\}', 'not \\*bold\\*, {braces}'],
    ['(*bold*), "+new+", *_both_*; -gone-.', '(**bold**), "new", **_both_**; ~~gone~~.'],
    ['no markup at all', 'no markup at all'],
  ])('%j becomes %j', (wiki, expected) => {
    expect(markdown(wiki)).toBe(expected)
  })

  it('code keeps every character, under a fence longer than any in it', () => {
    expect(markdown('see {code:javascript}\nvar a = "*b*"; // {{c}}\n{code} there')).toBe(
      'see \n\n```javascript\nvar a = "*b*"; // {{c}}\n```\n\n there',
    )
    expect(markdown('{noformat}\n```\n{noformat}')).toBe('````\n```\n````')
    expect(markdown('{code:title=a.js|language=ts}x{code}')).toBe('*a.js*\n\n```ts\nx\n```')
  })

  it('says whether something of the original is lost', () => {
    expect(markdownFromJira('{color:red}stop{color}')).toEqual({ markdown: 'stop', lossy: true })
    expect(markdownFromJira('*stop*').lossy).toBe(false)
    expect(markdownFromJira('{html}<b>x</b>{html}').lossy).toBe(true)
  })

  it('an unknown macro stays as it was written', () => {
    expect(markdown('a {toc} b {unknown:x}')).toBe('a {toc} b {unknown:x}')
  })

  it('takes any text, and long ones in time that grows with them alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(typeof markdown(text)).toBe('string')
      }),
    )
    for (const part of ['*', '{', '[', '|', '-a', '!a', '{{', '{quote}', '{color}', '# ', '+', '[a|', '_'])
      expect(typeof markdown(part.repeat(50_000))).toBe('string')
  })
})
