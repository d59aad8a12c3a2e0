import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunksOf } from './chunks.ts'

describe('a long text', () => {
  it('is cut into short pieces that join to the same text', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.constantFrom('', '```', '~~~~', '- item', '😀😀😀😀😀😀'),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 80 }), fc.integer({ min: 4, max: 200 }), (lines, length) => {
        const text = lines.join('\n')
        const chunks = chunksOf(text, length)
        expect(chunks.join('')).toBe(text)
        for (const chunk of chunks) expect(chunk.length).toBeLessThanOrEqual(length)
      }),
    )
  })

  it('is cut between paragraphs rather than inside a code block', () => {
    const text = `${'word '.repeat(10)}\n\n\`\`\`\ncode\n\ncode\n\`\`\`\n\nend`
    expect(chunksOf(text, 66)[0]).toBe(`${'word '.repeat(10)}\n\n`)
  })
})
