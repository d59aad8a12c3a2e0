import type { App } from 'electron'

/** Longer than this the app does not wait to close; what was acknowledged is on disk. In milliseconds. */
export const drainMillis = 15_000

/** Holds a quit back until the work under way is finished, once. */
export function drainBeforeQuit(app: App, drain: () => Promise<void>): void {
  let drained = false
  let draining = false
  app.on('will-quit', (event) => {
    if (drained) return
    event.preventDefault()
    if (draining) return
    draining = true
    const impatience = new Promise<void>((resolve) => setTimeout(resolve, drainMillis).unref())
    const finished = drain().catch((error: unknown) => console.error('could not close cleanly:', error))
    void Promise.race([finished, impatience]).then(() => {
      drained = true
      app.quit()
    })
  })
}
