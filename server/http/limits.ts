import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { ServerRefusal } from './refusal.ts'

export type LimitOptions = {
  /** Requests a minute of one device. */
  readonly token: number
  /** Requests a minute from one address. */
  readonly address: number
  /** Joins and wrong tokens a minute from one address. */
  readonly attempts: number
  /** What one device pushes an hour; a workspace's devices together have ten times as much. */
  readonly events: number
  readonly bytes: number
}

/** Generous for a team behind one address; far below what a disk or a guesser would need. */
export const usualLimits: LimitOptions = {
  token: 1_200,
  address: 6_000,
  attempts: 30,
  // A first push of an old workspace brings all that it has.
  events: 1_000_000,
  bytes: 4 * 1_073_741_824,
}

/** How many times as much as one of its devices a workspace may push. */
const devicesWorth = 10

export type Limits = {
  token(deviceId: string): Promise<void>
  address(address: string): Promise<void>
  attempt(address: string): Promise<void>
  /** Counts a push before it is looked at, and also where it is refused. @param bytes of the body, unpacked */
  push(
    of: { readonly deviceId: string; readonly workspaceId: string },
    events: number,
    bytes: number,
  ): Promise<void>
}

/** Counts requests, in this process. Each method throws a ServerRefusal `rate_limited` that says when to come back. */
export function limits({ token, address, attempts, events, bytes }: LimitOptions): Limits {
  const counter = (what: string, points: number, duration: number) => {
    const limiter = new RateLimiterMemory({ points, duration })
    return async (key: string, spent = 1): Promise<void> => {
      try {
        await limiter.consume(key, spent)
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error
        const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1_000))
        throw new ServerRefusal('rate_limited', `${what}; try again in ${seconds} s.`, undefined, seconds)
      }
    }
  }
  const requests = (points: number) => counter('Too many requests', points, 60)
  const pushes = (what: string, points: number) => counter(`${what} for one hour`, points, 3_600)
  const ofDevice = {
    events: pushes('This device pushed enough events', events),
    bytes: pushes('This device pushed enough', bytes),
  }
  const ofWorkspace = {
    events: pushes('The devices of this workspace pushed enough events', devicesWorth * events),
    bytes: pushes('The devices of this workspace pushed enough', devicesWorth * bytes),
  }
  return {
    token: requests(token),
    address: requests(address),
    attempt: requests(attempts),
    async push({ deviceId, workspaceId }, events, bytes) {
      await ofDevice.events(deviceId, events)
      await ofDevice.bytes(deviceId, bytes)
      await ofWorkspace.events(workspaceId, events)
      await ofWorkspace.bytes(workspaceId, bytes)
    },
  }
}
