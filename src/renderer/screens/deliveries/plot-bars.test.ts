import { expect, it } from 'vitest'
import { plotCounts, plotPieces, plotSums } from './plot-bars.ts'

const bucket = (done: number, failed = 0, dead = 0) => ({ done, failed, dead })

it('one dead letter beside a thousand deliveries is seen, on top of them', () => {
  const [done, dead] = plotPieces([bucket(1_000, 0, 1)])
  expect([done?.kind, dead?.kind]).toEqual(['done', 'dead'])
  expect(dead?.height).toBeGreaterThan(0.05)
  expect(dead?.bottom).toBeCloseTo(done?.height ?? 0)
})

it('no bar is higher than the plot, and a greater number is never lower', () => {
  const pieces = plotPieces([bucket(1), bucket(4, 2), bucket(90, 8, 2), bucket(0)])
  const tops = [0, 1, 2, 3].map((index) =>
    pieces.filter((piece) => piece.bucket === index).reduce((sum, piece) => sum + piece.height, 0),
  )
  expect(Math.max(...tops)).toBeLessThanOrEqual(1 + 1e-9)
  expect(tops[1]).toBeGreaterThan(tops[0] ?? 1)
  expect(tops[2]).toBeGreaterThan(tops[1] ?? 1)
  expect(tops[3]).toBe(0)
})

it('counts are told in words, without those that are none', () => {
  expect(plotCounts(bucket(2, 0, 1))).toBe('2 delivered, 1 dead letter')
  expect(plotCounts(bucket(0))).toBe('nothing')
  expect(plotSums([bucket(2, 1), bucket(3, 0, 1)])).toEqual(bucket(5, 1, 1))
})
