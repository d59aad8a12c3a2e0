import type { WindowCommand } from './optimistic.ts'

export type OwnChange = { readonly type: WindowCommand['type']; readonly issueId: string }
type Listener = (change: OwnChange) => void
const listeners = new Set<Listener>()

/** Tells what this window did to an issue, once the host has accepted it. */
export function announceOwnChange(change: OwnChange): void {
  for (const listener of listeners) listener(change)
}

/** Hears what this window does to issues. @returns a function that ends it */
export function onOwnChange(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
