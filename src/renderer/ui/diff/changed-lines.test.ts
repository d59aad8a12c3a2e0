import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changedLines } from './changed-lines.ts'

describe('the change of a text', () => {
  it('is the lines between the first and the last difference', () => {
    expect(changedLines('a\nb\nc\nd', 'a\nB\nc2\nd')).toEqual({
      before: ['b', 'c'],
      after: ['B', 'c2'],
      above: 1,
      below: 1,
    })
    expect(changedLines('a\na', 'a\na\na')).toEqual({ before: [], after: ['a'], above: 2, below: 0 })
    expect(changedLines('same', 'same')).toEqual({ before: [], after: [], above: 1, below: 0 })
  })

  it('gives both texts back when put between what they share', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '', 'c')).map((lines) => lines.join('\n'))
    fc.assert(
      fc.property(text, text, (from, to) => {
        const { before, after, above, below } = changedLines(from, to)
        const lines = from.split('\n')
        const head = lines.slice(0, above)
        const tail = lines.slice(lines.length - below)
        expect([...head, ...before, ...tail].join('\n')).toBe(from)
        expect([...head, ...after, ...tail].join('\n')).toBe(to)
      }),
    )
  })
})
