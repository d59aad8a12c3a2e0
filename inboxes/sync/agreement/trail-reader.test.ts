import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { expect, it } from 'vitest'
import { compareTrail } from './trail-reader.ts'

const trail = fc
  .array(fc.constantFrom('a', 'b'), { maxLength: 600 })
  .map((states) => states.map((state) => ({ eventId: uuidv7(), state: state.repeat(16) })))
const packed = (value: unknown): Uint8Array => gzipSync(JSON.stringify(value))

it('the first step that differs is found wherever it is, and a trail that is the same has none', async () => {
  await fc.assert(
    fc.asyncProperty(trail, fc.nat(), async (ours, at) => {
      expect(await compareTrail(packed(ours), ours)).toEqual({ ok: true, firstDifference: null })
      if (ours.length === 0) return
      const place = at % ours.length
      const theirs = ours.map((step, n) => (n < place ? step : { ...step, state: 'c'.repeat(16) }))
      const differs = { ok: true, firstDifference: ours[place]?.eventId }
      expect(await compareTrail(packed(theirs), ours)).toEqual(differs)
      // Shorter and longer than this copy's.
      expect(await compareTrail(packed(ours.slice(0, place)), ours)).toEqual(differs)
      expect(await compareTrail(packed(ours), ours.slice(0, place))).toEqual(differs)
    }),
  )
})

it.each([
  ['no gzip', Buffer.from('[]')],
  ['half of one', packed([{ eventId: uuidv7(), state: 'a'.repeat(16) }]).subarray(0, 40)],
  ['another shape', packed([{ eventId: 'x', state: 'y' }])],
  ['an object', packed({})],
  ['nothing', gzipSync('')],
  ['one that goes on after its end', gzipSync('[][]')],
])('%s is no trail', async (_, evidence) => {
  expect(await compareTrail(evidence, [])).toEqual({ ok: false, code: 'unreadable' })
})
