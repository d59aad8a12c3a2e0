import { ServerRefusal } from '../http/refusal.ts'

export type StreamOptions = {
  /** Streams of one device; the oldest gives way. */
  readonly ofDevice: number
  /** From one address, and in all. */
  readonly ofAddress: number
  readonly all: number
}

/** A team behind one address has hundreds; each costs a connection and some 50 KiB. */
export const usualStreams: StreamOptions = { ofDevice: 4, ofAddress: 1_000, all: 5_000 }

export type Stream = {
  /** Aborted when it has to give way to a newer one of the same device. */
  readonly givesWay: AbortSignal
  end(): void
}

/** Counts the nudge streams of this process. */
export type Streams = {
  /**
   * @param obeys whether the client stays away once it is told to; one that does not comes back at once and would drive out another of its kind,
   * without end: it is refused instead. @throws ServerRefusal `rate_limited`
   */
  open(of: { readonly deviceId: string; readonly address: string; readonly obeys: boolean }): Stream
  readonly count: number
}

const retrySeconds = 60
const refused = (): ServerRefusal =>
  new ServerRefusal(
    'rate_limited',
    'There are too many streams of this kind already; changes still arrive with every request.',
    undefined,
    retrySeconds,
  )

export function liveStreams({ ofDevice, ofAddress, all }: StreamOptions): Streams {
  const byDevice = new Map<string, Set<AbortController>>()
  const byAddress = new Map<string, number>()
  let count = 0

  return {
    open({ deviceId, address, obeys }) {
      const own = byDevice.get(deviceId) ?? new Set()
      const oldest = own.size >= ofDevice ? own.values().next().value : undefined
      if (oldest && !obeys) throw refused()
      if (count >= all || (byAddress.get(address) ?? 0) >= ofAddress) throw refused()
      if (oldest) {
        own.delete(oldest)
        oldest.abort()
      }
      const stream = new AbortController()
      byDevice.set(deviceId, own.add(stream))
      byAddress.set(address, (byAddress.get(address) ?? 0) + 1)
      count += 1
      let ended = false
      return {
        givesWay: stream.signal,
        end() {
          if (ended) return
          ended = true
          count -= 1
          own.delete(stream)
          if (own.size === 0 && byDevice.get(deviceId) === own) byDevice.delete(deviceId)
          const left = (byAddress.get(address) ?? 1) - 1
          if (left > 0) byAddress.set(address, left)
          else byAddress.delete(address)
        },
      }
    },
    get count() {
      return count
    },
  }
}
