import { useMemo, useSyncExternalStore } from 'react'

type NavigateOptions = { readonly replace?: boolean; readonly state?: unknown }

const subscribe = (listener: () => void): (() => void) => {
  window.addEventListener('hashchange', listener)
  window.addEventListener('popstate', listener)
  return () => {
    window.removeEventListener('hashchange', listener)
    window.removeEventListener('popstate', listener)
  }
}

const whole = (): string => window.location.hash.replace(/^#?\/?/, '/')
const pathNow = (): string => whole().split('?', 1)[0] ?? '/'
const searchNow = (): string => whole().slice(pathNow().length + 1)

let back = false
// Places that were here before carry a state; an address that was typed or followed has none yet.
window.addEventListener('popstate', ({ state }) => {
  back = state !== null
  if (state === null) history.replaceState({}, '')
})
history.replaceState({}, '')

/** Whether the present place was reached by going back or forward, not by going there anew. */
export const cameBack = (): boolean => back

/**
 * Goes to a place in the window, such as `/issues?q=is%3Aopen`. The search part stays inside of the hash (wouter's own hash hook
 * would move it before the `#`, where a file: page and a deep link can't carry it).
 */
export function navigate(to: string, { replace = false, state }: NavigateOptions = {}): void {
  back = false
  const href = `#${to.startsWith('/') ? to : `/${to}`}`
  if (replace) history.replaceState(state ?? {}, '', href)
  else if (href !== window.location.hash) history.pushState(state ?? {}, '', href)
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}

/** The location hook for wouter's Router: the path inside of the hash, without its search part. */
export function useHashLocation(): [string, typeof navigate] {
  return [useSyncExternalStore(subscribe, pathNow), navigate]
}
useHashLocation.hrefs = (href: string) => `#${href}`

/** The search part of the hash. */
export function useHashSearch(): URLSearchParams {
  const search = useSyncExternalStore(subscribe, searchNow)
  return useMemo(() => new URLSearchParams(search), [search])
}
