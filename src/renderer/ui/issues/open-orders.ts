import { useSyncExternalStore } from 'react'

/** An order that a list on the screen keeps. */
type OpenOrder = { readonly changed: boolean; readonly renew: () => void }

const open = new Map<string, OpenOrder>()
const listeners = new Set<() => void>()
const tell = () => {
  for (const listener of listeners) listener()
}
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Says of an order on the screen whether another waits behind it. @returns a function for when it is gone */
export function openOrder(name: string, order: OpenOrder): () => void {
  open.set(name, order)
  tell()
  return () => {
    open.delete(name)
    tell()
  }
}

/** Whether anything on the screen would stand in another order now. */
export const useOrderChanged = (): boolean =>
  useSyncExternalStore(subscribe, () => [...open.values()].some(({ changed }) => changed))

/** Shows every list on the screen in the order of now. */
export function renewOrders(): void {
  for (const { renew } of [...open.values()]) renew()
}
