import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alignedLines, type DiffBlock, ownParts, withoutLongRuns } from './aligned-lines.ts'

const text = fc.array(fc.constantFrom('a', 'b', '', 'c'), { maxLength: 14 }).map((lines) => lines.join('\n'))
const sideOf = (blocks: readonly DiffBlock[], side: 'left' | 'right'): string =>
  blocks.flatMap((block) => (block.kind === 'same' ? block.lines : block[side])).join('\n')

describe('two texts beside each other', () => {
  it('meet at every line that they share', () => {
    expect(alignedLines('a\nb\nc\nd\ne', 'a\nB\nc\nd\nd2\ne')).toEqual([
      { kind: 'same', lines: ['a'] },
      { kind: 'changed', left: ['b'], right: ['B'] },
      { kind: 'same', lines: ['c', 'd'] },
      { kind: 'changed', left: [], right: ['d2'] },
      { kind: 'same', lines: ['e'] },
    ])
  })

  it('give both texts back, with same and changed blocks in turn and none empty', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        const blocks = alignedLines(left, right)
        expect(sideOf(blocks, 'left')).toBe(left)
        expect(sideOf(blocks, 'right')).toBe(right)
        blocks.forEach((block, index) => {
          expect(block.kind).not.toBe(blocks[index - 1]?.kind)
          const lines = block.kind === 'same' ? block.lines : [...block.left, ...block.right]
          expect(lines.length).toBeGreaterThan(0)
        })
      }),
    )
  })

  it('keep as many equal lines whichever side is left', () => {
    const kept = (blocks: readonly DiffBlock[]) =>
      blocks.reduce((sum, block) => sum + (block.kind === 'same' ? block.lines.length : 0), 0)
    fc.assert(
      fc.property(text, text, (left, right) => {
        expect(kept(alignedLines(left, right))).toBe(kept(alignedLines(right, left)))
      }),
    )
  })

  it('that are too long to be aligned are one block between what they share at the ends', () => {
    const long = (mark: string) => Array.from({ length: 2_500 }, (_, line) => `${mark} ${line}`).join('\n')
    const blocks = alignedLines(`top\n${long('a')}\nend`, `top\n${long('b')}\nend`)
    expect(blocks.map(({ kind }) => kind)).toEqual(['same', 'changed', 'same'])
  })
})

describe('long runs of equal lines', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, line) => `line ${line}`)
  const change: DiffBlock = { kind: 'changed', left: ['x'], right: ['y'] }

  it('are cut to what stands next to a change, and nothing is lost', () => {
    const shown = withoutLongRuns([
      { kind: 'same', lines: lines(9) },
      change,
      { kind: 'same', lines: lines(9) },
      change,
      { kind: 'same', lines: lines(2) },
    ])
    expect(
      shown.map((block) => (block.kind === 'changed' ? 'changed' : `${block.kind} ${block.lines.length}`)),
    ).toEqual(['hidden 7', 'same 2', 'changed', 'same 2', 'hidden 5', 'same 2', 'changed', 'same 2'])
  })

  it('stay whole where cutting would save a single line', () => {
    const blocks: DiffBlock[] = [change, { kind: 'same', lines: lines(5) }, change]
    expect(withoutLongRuns(blocks)).toEqual(blocks)
  })
})

describe('what is a line’s own', () => {
  const own = (left: string, right: string) => ownParts(left, right)?.map((parts) => parts.own)

  it('is whole words', () => {
    expect(own('within the same second both', 'within the same moment both')).toEqual(['second', 'moment'])
    expect(own('Nobody was hurt.', 'Nobody was hurt, but one was angry.')).toEqual([
      '',
      ', but one was angry',
    ])
    expect(own('seat', 'seats')).toBeUndefined()
    expect(own('so 😀 it is', 'so 😁 it is')).toEqual(['😀', '😁'])
  })

  it('with what is shared makes both lines again', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '.') })
    fc.assert(
      fc.property(line, line, (left, right) => {
        const parts = ownParts(left, right)
        if (!parts) return
        expect(parts.map(({ before, own: middle, after }) => before + middle + after)).toEqual([left, right])
      }),
    )
  })
})
