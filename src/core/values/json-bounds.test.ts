import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonMeter } from './json-bounds.ts'

const encoder = new TextEncoder()
const unbounded = { bytes: 1e9, values: 1e9, depth: 1e9 }

/** Values of all depths, and the depth, as a parser sees them. */
function counted(value: unknown): { readonly values: number; readonly depth: number } {
  if (typeof value !== 'object' || value === null) return { values: 1, depth: 0 }
  const inside = Object.values(value).map(counted)
  return {
    values: inside.reduce((sum, each) => sum + each.values, 1),
    depth: 1 + Math.max(0, ...inside.map((each) => each.depth)),
  }
}

/** Feeds a text in pieces. */
function fed(text: string, cuts: readonly number[], bounds: Parameters<typeof jsonMeter>[0]) {
  const bytes = encoder.encode(text)
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  const meter = jsonMeter(bounds)
  for (let at = 1; at < places.length; at++) {
    const excess = meter.feed(bytes.subarray(places[at - 1], places[at]))
    if (excess) return excess
  }
  return undefined
}

it('whatever a text holds and however it is cut, what fits its own counts passes and one less of depth or bytes does not', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(fc.nat(), { maxLength: 5 }), (value, cuts) => {
      const text = JSON.stringify(value)
      const bytes = encoder.encode(text).length
      const { values, depth } = counted(value)
      // An empty array or object is counted as if something were in it, and never as less than it is.
      const own = { bytes, values: 2 * values + 1, depth }
      expect(fed(text, cuts, own)).toBeUndefined()
      expect(fed(text, cuts, { ...unbounded, bytes: bytes - 1 })).toBe('bytes')
      if (depth > 0) expect(fed(text, cuts, { ...unbounded, depth: depth - 1 })).toBe('depth')
      if (values > 1) expect(fed(text, cuts, { ...unbounded, values: values - 1 })).toBe('values')
    }),
  )
})

it('commas and brackets within texts are no values', () => {
  expect(fed('["[[[[,,,,", "\\"[,", "\\\\"]', [3, 12], { bytes: 100, values: 4, depth: 1 })).toBeUndefined()
})
