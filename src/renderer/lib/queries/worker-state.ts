import { useSyncExternalStore } from 'react'
import type { HostMessage } from '#contract/answers/answers.ts'

export type WorkerMessage = Extract<HostMessage, { kind: 'worker' }>

let latest: WorkerMessage | null = null
const listeners = new Set<() => void>()

/** Takes down what the host said of its worker. */
export function hearWorker(message: WorkerMessage): void {
  latest = message
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** How the process fares that runs the inboxes; `null` where the host has said nothing of it yet. */
export const useWorkerState = (): WorkerMessage | null => useSyncExternalStore(subscribe, () => latest)
