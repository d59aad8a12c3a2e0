import { describe, expect, it } from 'vitest'
import { remarkMentions } from './remark-mentions.ts'

type Node = Parameters<ReturnType<typeof remarkMentions>>[0]

const link = remarkMentions({
  prefixes: ['DOC', 'C+'],
  memberOf: (handle) => {
    const id = { ada: 'id-of-ada', 'a.b': 'id-of-ab' }[handle]
    return id === undefined ? undefined : { id }
  },
})

function linksIn(text: string, type = 'paragraph'): readonly string[] {
  const tree = { type: 'root', children: [{ type, children: [{ type: 'text', value: text }] }] }
  link(tree)
  const parts = tree.children[0]?.children as {
    type: string
    url?: string
    value?: string
    children?: { value: string }[]
  }[]
  const whole = parts.map((part) => part.value ?? part.children?.[0]?.value ?? '').join('')
  expect(whole).toBe(text)
  return parts.filter((part) => part.type === 'link').map((part) => part.url ?? '')
}

describe('a text', () => {
  it('links the keys of this workspace', () => {
    expect(linksIn('see DOC-42, (DOC-7) and DOC-~4F7K.')).toEqual([
      '#docket-issue:DOC-42',
      '#docket-issue:DOC-7',
    ])
    expect(linksIn('DOC-~4F7A')).toEqual(['#docket-issue:DOC-~4F7A'])
    expect(linksIn('C+-1')).toEqual(['#docket-issue:C%2B-1'])
  })

  it('leaves what only looks like a key', () => {
    expect(linksIn('UTF-8, XDOC-1, DOC-1a, a/DOC-3, DOC-4-5')).toEqual([])
  })

  it('links handles of members, with the full stop left out', () => {
    expect(linksIn('ask @ada. Or @a.b, not @nobody or me@ada')).toEqual([
      '#docket-member:id-of-ada',
      '#docket-member:id-of-ab',
    ])
  })

  it('leaves the text of links as it is', () => {
    const tree = {
      type: 'root',
      children: [{ type: 'link', url: 'https://x', children: [{ type: 'text', value: 'DOC-1' }] }],
    }
    const before = structuredClone(tree)
    link(tree)
    expect(tree).toEqual(before)
  })

  const read = (value: string, type = 'root') => {
    const tree: Node = { type, children: [{ type: 'html', value }] }
    link(tree)
    return tree.children ?? []
  }

  it('drops HTML comments', () => {
    expect(read('<!-- a template\n says -->')).toEqual([])
    expect(read('<!-- one -->two<!-- three -->')).toEqual([
      { type: 'paragraph', children: [{ type: 'text', value: 'two' }] },
    ])
  })

  it('says what stands in HTML, and the tags themselves where they are more than dress', () => {
    expect(read('<details><summary>Log</summary>')).toEqual([
      { type: 'paragraph', children: [{ type: 'text', value: 'Log' }] },
    ])
    expect(read('<iframe src="x"></iframe> said')).toEqual([
      { type: 'paragraph', children: [{ type: 'text', value: '<iframe src="x"></iframe> said' }] },
    ])
    expect(read('<b>', 'paragraph')).toEqual([])
    expect(read('<T>', 'paragraph')).toEqual([{ type: 'text', value: '<T>' }])
  })

  it('links the keys in HTML too', () => {
    expect(read('<p>see DOC-1</p>')[0]?.children).toMatchObject([
      { value: 'see ' },
      { url: '#docket-issue:DOC-1' },
    ])
  })
})
