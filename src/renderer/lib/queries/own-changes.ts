import type { WindowCommand } from './optimistic.ts'

export type OwnDeed = { readonly type: WindowCommand['type']; readonly issueId: string }
type Listener = (deed: OwnDeed) => void
const listeners = new Set<Listener>()

/** Tells what this window did to an issue, once the host has accepted it. */
export function tellOwnDeed(deed: OwnDeed): void {
  for (const listener of listeners) listener(deed)
}

/** Hears what this window does to issues. @returns a function that ends it */
export function onOwnDeed(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
