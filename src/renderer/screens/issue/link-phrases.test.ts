import { describe, expect, it } from 'vitest'
import type { LinkedIssue } from '#contract/answers/answers.ts'
import { linkChoices, linkGroups } from './link-phrases.ts'

const link = (kind: LinkedIssue['kind'], direction: LinkedIssue['direction'], id: string): LinkedIssue => ({
  kind,
  direction,
  issue: { id, key: id.toUpperCase(), title: id, status: 'open' },
  withoutEffect: null,
})

describe('the links of an issue', () => {
  it('stand under what they mean here, blockers first', () => {
    const groups = linkGroups([
      link('relates_to', 'out', 'a'),
      link('blocks', 'in', 'b'),
      link('parent', 'in', 'c'),
      link('parent', 'out', 'd'),
    ])
    expect(groups.map(({ title }) => title)).toEqual(['Blocked by', 'Parent', 'Parts', 'Relates to'])
  })

  it('list an issue once that is related both ways', () => {
    expect(
      linkGroups([link('relates_to', 'out', 'a'), link('relates_to', 'in', 'a')])[0]?.links,
    ).toHaveLength(1)
  })

  it('can be made in every way that they can be read', () => {
    expect(linkChoices.map(({ title }) => title)).toEqual([
      'Blocks',
      'Blocked by',
      'Relates to',
      'Duplicates',
      'Duplicated by',
      'Parent',
      'Parts',
    ])
  })
})
