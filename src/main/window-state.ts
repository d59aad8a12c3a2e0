import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { replaceFile } from '#db/files/replace-file.ts'

const bounds = z.object({ x: z.int(), y: z.int(), width: z.int().positive(), height: z.int().positive() })
const windowState = z.object({ bounds: bounds.nullable(), maximised: z.boolean(), fullScreen: z.boolean() })

/** A rectangle on the desktop, in device-independent pixels. */
export type Bounds = z.infer<typeof bounds>
/** Where the window was; `bounds` is `null` where it never was anywhere. */
export type WindowState = z.infer<typeof windowState>

export const minimumSize = { width: 480, height: 360 }
export const usualSize = { width: 1_280, height: 800 }
/** This much of the title bar must be on a screen to be grasped, in pixels. */
const grasp = { width: 100, height: 24 }

/** Reads what was kept; anything unreadable counts as nothing. */
export function readWindowState(file: string): WindowState {
  try {
    return windowState.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return { bounds: null, maximised: false, fullScreen: false }
  }
}

/** Keeps it, whole or not at all. A place that can't be written costs the place of the window, not the window. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    replaceFile(file, `${JSON.stringify(state)}\n`)
  } catch (error) {
    console.error('the window’s place could not be kept:', error)
  }
}

/**
 * Bounds that can be seen and grasped on the screens there are now: the kept ones where their title bar is within a screen, else the
 * same size, as far as it fits, in the middle of the first.
 *
 * @param workAreas of the screens, the main one first.
 */
export function visibleBounds(kept: Bounds | null, workAreas: readonly Bounds[]): Bounds | null {
  const first = workAreas[0]
  if (!first) return null
  const wanted = { width: kept?.width ?? usualSize.width, height: kept?.height ?? usualSize.height }
  if (kept) {
    // Judged by what it will be: shrunk to a screen, it may no longer reach into it.
    const places = workAreas.map((area) => ({ area, bounds: { ...kept, ...fitted(wanted, area) } }))
    const home = places.find(({ area, bounds }) => graspable(bounds, area))
    if (home) return home.bounds
  }
  const size = fitted(wanted, first)
  return {
    x: first.x + Math.round((first.width - size.width) / 2),
    y: first.y + Math.round((first.height - size.height) / 2),
    ...size,
  }
}

function graspable(window: Bounds, area: Bounds): boolean {
  const across = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x)
  return across >= grasp.width && window.y >= area.y && window.y <= area.y + area.height - grasp.height
}

const fitted = (size: { width: number; height: number }, area: Bounds) => ({
  width: Math.max(minimumSize.width, Math.min(size.width, area.width)),
  height: Math.max(minimumSize.height, Math.min(size.height, area.height)),
})
