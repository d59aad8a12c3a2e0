/** Loads a page again after its process died, but not for ever. */
export type CrashRecovery = {
  /** @param at milliseconds. @returns `reload`, or `ask` the person where it died too often. */
  crashed(at: number): 'reload' | 'ask'
}

/** At most this many reloads within the window; then something is wrong that a reload does not mend. */
const reloadsAtMost = 3
const withinMillis = 60_000

export function crashRecovery(): CrashRecovery {
  let crashes: number[] = []
  return {
    crashed(at) {
      crashes = [...crashes.filter((earlier) => at - earlier < withinMillis), at]
      if (crashes.length <= reloadsAtMost) return 'reload'
      crashes = []
      return 'ask'
    },
  }
}
