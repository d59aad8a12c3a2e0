import { createContext } from 'react'

/** Further prefixes whose keys become links in Markdown, beside the workspace's own: those of the tracker an issue came from. */
export const KeyPrefixes = createContext<readonly string[]>([])

/** `ALOY` for `ALOY-12`; `null` where the key has another form. */
export function prefixOf(externalKey: string | null): string | null {
  return /^([A-Za-z][A-Za-z0-9]{0,19})-\d+$/.exec(externalKey ?? '')?.[1] ?? null
}
