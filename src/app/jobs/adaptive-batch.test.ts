import { expect, it } from 'vitest'
import { adaptiveBatch } from './adaptive-batch.ts'

/** What is taken at once after a while, where a piece takes so many milliseconds. */
function settled(millisAPiece: number): number {
  const share = adaptiveBatch(60, 1_000)
  for (let round = 0; round < 30; round++) share.took(share.size, share.size * millisAPiece)
  return share.size
}

it.each([
  [0.01, 700],
  [0.1, 70],
  [0.2, 35],
])('pieces of %d ms are taken %d at a time: half a frame', (millisAPiece, size) => {
  expect(settled(millisAPiece)).toBe(size)
})

it('never more than is allowed, nor so few that nothing gets done', () => {
  expect(settled(0.0001)).toBe(1_000)
  expect(settled(50)).toBe(15)
})

it('grows by half at most, and not from a few quick pieces', () => {
  const share = adaptiveBatch(60, 1_000)
  share.took(3, 0.1)
  expect(share.size).toBe(60)
  share.took(60, 0.1)
  expect(share.size).toBe(90)
})
