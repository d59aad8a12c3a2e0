export type CircuitOptions = {
  /** Failures in a row after which a receiver is left alone. */
  readonly failures: number
  /** For how long, in milliseconds, before one delivery is tried as a probe. */
  readonly restMillis: number
  /** Deliveries under way at a time, at most. */
  readonly atOnce: number
}

export const usualCircuit: Omit<CircuitOptions, 'atOnce'> = { failures: 5, restMillis: 30_000 }

/** Leaves a receiver alone that keeps failing, and tries it with one delivery at a time until it works again. */
export type Circuit = {
  /** How much longer it is left alone, in milliseconds; 0 where it may be tried. */
  restMillis(): number
  /** How many deliveries may be started now. */
  room(): number
  /** A delivery starts. @returns to be called once with how it ended: whether it failed, or `undefined` where that says nothing. */
  begin(): (failed: boolean | undefined) => void
}

/** A closed circuit. @param clock milliseconds that only ever go on: setting the computer's clock must not make a rest longer. */
export function circuit(
  { failures, restMillis, atOnce }: CircuitOptions,
  clock: () => number = () => performance.now(),
): Circuit {
  let inARow = 0
  let underWay = 0
  /** Set while it is left alone, and until a probe has worked. */
  let restsUntil: number | undefined

  const rest = (): number => (restsUntil === undefined ? 0 : Math.max(0, restsUntil - clock()))

  return {
    restMillis: rest,
    room() {
      if (restsUntil !== undefined) return rest() > 0 ? 0 : Math.max(0, 1 - underWay)
      // While it fails, no more are started than it takes to say that it is down.
      const most = inARow === 0 ? atOnce : Math.min(atOnce, failures - inARow)
      return Math.max(0, most - underWay)
    },
    begin() {
      underWay += 1
      return (failed) => {
        underWay -= 1
        if (failed === undefined) return
        if (!failed) {
          inARow = 0
          restsUntil = undefined
          return
        }
        inARow += 1
        if (restsUntil !== undefined || inARow >= failures) restsUntil = clock() + restMillis
      }
    },
  }
}
