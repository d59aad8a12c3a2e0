import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { ServerRefusal } from './refusal.ts'

export type LimitOptions = {
  /** Requests a minute of one device. */
  readonly token: number
  /** Requests a minute from one address. */
  readonly address: number
  /** Joins and wrong tokens a minute from one address. */
  readonly attempts: number
}

/** Generous for a team behind one address; far below what a disk or a guesser would need. */
export const usualLimits: LimitOptions = { token: 1_200, address: 6_000, attempts: 30 }

export type Limits = {
  token(deviceId: string): Promise<void>
  address(address: string): Promise<void>
  attempt(address: string): Promise<void>
}

/** Counts requests, in this process. Each method throws a ServerRefusal `rate_limited` that says when to come back. */
export function limits({ token, address, attempts }: LimitOptions): Limits {
  const counter = (points: number) => {
    const limiter = new RateLimiterMemory({ points, duration: 60 })
    return async (key: string): Promise<void> => {
      try {
        await limiter.consume(key)
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error
        const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1_000))
        throw new ServerRefusal(
          'rate_limited',
          `Too many requests; try again in ${seconds} s.`,
          undefined,
          seconds,
        )
      }
    }
  }
  return { token: counter(token), address: counter(address), attempt: counter(attempts) }
}
