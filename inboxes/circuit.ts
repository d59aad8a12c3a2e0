import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll, isBrokenCircuitError } from 'cockatiel'

export type CircuitOptions = {
  /** Failures in a row after which a target is left alone. */
  readonly failures: number
  /** For how long, in milliseconds, before one delivery is tried as a probe. */
  readonly restMillis: number
}

export const usualCircuit: CircuitOptions = { failures: 5, restMillis: 30_000 }

/** Thrown into the circuit for a failure, so that it is counted; carries what the delivery came to. */
class Failed<T> extends Error {
  readonly outcome: T
  constructor(outcome: T) {
    super('failed')
    this.outcome = outcome
  }
}

/** Leaves a target alone that keeps failing, and tries it with one delivery at a time until it works again. */
export type Circuit = {
  readonly state: 'closed' | 'open' | 'probing'
  /** Runs `work` and counts whether it failed. @returns `undefined`, without running it, while the target is left alone. */
  run<T>(work: () => Promise<T>, failed: (outcome: T) => boolean): Promise<T | undefined>
}

/** @param onOpen called with the milliseconds for which the target is left alone. */
export function circuit(options: CircuitOptions, onOpen: (restMillis: number) => void): Circuit {
  const policy = circuitBreaker(handleAll, {
    halfOpenAfter: options.restMillis,
    breaker: new ConsecutiveBreaker(options.failures),
  })
  policy.onBreak(() => onOpen(options.restMillis))
  return {
    get state() {
      return policy.state === CircuitState.Closed
        ? 'closed'
        : policy.state === CircuitState.HalfOpen
          ? 'probing'
          : 'open'
    },
    async run<T>(work: () => Promise<T>, failed: (outcome: T) => boolean) {
      try {
        return await policy.execute(async () => {
          const outcome = await work()
          if (failed(outcome)) throw new Failed(outcome)
          return outcome
        })
      } catch (error) {
        if (error instanceof Failed) return error.outcome as T
        if (isBrokenCircuitError(error)) return undefined
        throw error
      }
    },
  }
}
