import type { RoundServer } from '#inboxes/sync/round/round-types.ts'

/** How one request of a round goes wrong, if it does. `late`: it is given up, and arrives after newer ones. */
export const mishaps = ['none', 'lost', 'answer_lost', 'twice', 'late'] as const
export type Mishap = (typeof mishaps)[number]

const away = { ok: false, error: { retryable: true, code: 'unreachable', message: 'lost' } } as const

/** A bad network: requests and answers get lost, and requests come twice or late. */
export type Network = {
  /** The server as it is reached through this network; one mishap a request, then none. */
  through(server: RoundServer, list: readonly Mishap[]): RoundServer
  /** Delivers what is still under way. */
  calm(): Promise<void>
}

export function network(): Network {
  const underWay: (() => Promise<unknown>)[] = []
  async function calm(): Promise<void> {
    for (let next = underWay.shift(); next; next = underWay.shift()) await next()
  }
  return {
    calm,
    through(server, list) {
      const left = [...list]
      const through =
        <Input extends unknown[], Output>(call: (...input: Input) => Promise<Output>) =>
        async (...input: Input): Promise<Output | typeof away> => {
          const mishap = left.shift() ?? 'none'
          if (mishap === 'lost') return away
          if (mishap === 'late') {
            underWay.push(() => call(...input))
            return away
          }
          const answer = await call(...input)
          await calm()
          if (mishap === 'answer_lost') return away
          return mishap === 'twice' ? call(...input) : answer
        }
      return {
        hello: through(server.hello),
        push: through(server.push),
        pull: through(server.pull),
        chainPlace: through(server.chainPlace),
      }
    },
  }
}
