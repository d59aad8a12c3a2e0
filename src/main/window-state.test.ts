import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readWindowState, visibleBounds, writeWindowState } from './window-state.ts'

const area = { x: 0, y: 0, width: 1_920, height: 1_080 }
const nowhere = { bounds: null, maximised: false, fullScreen: false }
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-window-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the window’s place', () => {
  test('is read as it was written', () => {
    const file = join(folder, 'window.json')
    const state = { bounds: { x: -20, y: 5, width: 900, height: 700 }, maximised: true, fullScreen: false }
    writeWindowState(file, state)
    expect(readWindowState(file)).toEqual(state)
  })

  test.each([
    '',
    '{',
    'null',
    '[]',
    '{"bounds":{"x":"1"}}',
    '{"bounds":{"x":1,"y":1,"width":-1,"height":1},"maximised":false,"fullScreen":false}',
  ])('kept as %j counts as nothing', (text) => {
    const file = join(folder, 'window.json')
    writeFileSync(file, text)
    expect(readWindowState(file)).toEqual(nowhere)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  test('that can not be written is told of and harms nothing', () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {})
    writeWindowState(join(folder, 'missing', 'window.json'), nowhere)
    expect(said).toHaveBeenCalledOnce()
  })

  test('is kept where it can be seen', () => {
    const kept = { x: 300, y: 200, width: 900, height: 700 }
    expect(visibleBounds(kept, [area])).toEqual(kept)
    const second = { x: 1_920, y: 0, width: 1_280, height: 1_024 }
    expect(visibleBounds({ ...kept, x: 2_000 }, [area, second])).toEqual({ ...kept, x: 2_000 })
  })

  test('on a screen that is gone becomes the middle of the main one', () => {
    expect(visibleBounds({ x: 2_500, y: 100, width: 1_000, height: 800 }, [area])).toEqual({
      x: 460,
      y: 140,
      width: 1_000,
      height: 800,
    })
  })

  test('too large for the screen shrinks to it', () => {
    expect(visibleBounds({ x: 0, y: 0, width: 5_000, height: 5_000 }, [area])).toEqual(area)
  })

  test('that reaches into a screen only while it is too large for it goes to the middle', () => {
    expect(visibleBounds({ x: -1_821, y: 0, width: 1_921, height: 800 }, [area])).toMatchObject({
      x: 0,
      width: 1_920,
    })
  })

  test('always leaves a piece of the title bar to grasp', () => {
    const number = fc.integer({ min: -10_000, max: 10_000 })
    const size = fc.integer({ min: 1, max: 10_000 })
    fc.assert(
      fc.property(fc.record({ x: number, y: number, width: size, height: size }), (kept) => {
        const bounds = visibleBounds(kept, [area])
        if (!bounds) throw new Error('there is a screen')
        const across = Math.min(bounds.x + bounds.width, area.width) - Math.max(bounds.x, 0)
        expect(across).toBeGreaterThanOrEqual(100)
        expect(bounds.y).toBeGreaterThanOrEqual(0)
        expect(bounds.y).toBeLessThanOrEqual(area.height - 24)
        expect(bounds.width).toBeLessThanOrEqual(area.width)
      }),
    )
  })
})
