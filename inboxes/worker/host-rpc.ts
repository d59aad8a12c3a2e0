import type { HostPort } from '../contract/host-port.ts'
import type { SyncHost } from '../sync/round/sync-host.ts'
import type { FromWorker, HostAnswers } from './worker-messages.ts'

/** How long the host may take to answer, in milliseconds; then the delivery is tried again later. */
const patienceMillis = 20_000

/** The worker's end of the questions it asks its host. */
export type HostRpc = HostPort & {
  readonly sync: SyncHost
  /** An answer came in. */
  answered(id: number, value: unknown): void
}

/** Questions to the host over the worker's messages, each answered within its time or given up. */
export function hostRpc(send: (message: FromWorker) => void): HostRpc {
  const asked = new Map<number, (value: unknown) => void>()
  let lastId = 0

  function ask<Kind extends keyof HostAnswers>(
    message: (id: number) => FromWorker,
  ): Promise<HostAnswers[Kind]> {
    lastId += 1
    const id = lastId
    return new Promise((resolve, reject) => {
      const impatience = setTimeout(() => {
        asked.delete(id)
        reject(new Error('The app did not answer in time'))
      }, patienceMillis)
      asked.set(id, (value) => {
        clearTimeout(impatience)
        resolve(value as HostAnswers[Kind])
      })
      send(message(id))
    })
  }

  return {
    execute: (request) => ask<'execute'>((id) => ({ kind: 'execute', id, request })),
    notify: (notification) => ask<'notify'>((id) => ({ kind: 'notify', id, notification })),
    sync: {
      receive: (arrivals) => ask<'receive'>((id) => ({ kind: 'receive', id, arrivals })),
      forkChain: (fork) => ask<'fork_chain'>((id) => ({ kind: 'fork_chain', id, fork })),
      keepSecret: (field, value) =>
        ask<'keep_secret'>((id) => ({ kind: 'keep_secret', id, inbox: 'sync', field, value })),
    },
    answered(id, value) {
      asked.get(id)?.(value)
      asked.delete(id)
    },
  }
}
