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

/**
 * Goes to a place in the window, such as `/issues?q=is%3Aopen`. The search part stays inside of the hash (wouter's own hash hook
 * would move it before the `#`, where a file: page and a deep link can't carry it).
 */
export function navigate(to: string, { replace = false, state = null }: NavigateOptions = {}): void {
  const href = `#${to.startsWith('/') ? to : `/${to}`}`
  if (replace) history.replaceState(state, '', href)
  else if (href !== window.location.hash) history.pushState(state, '', href)
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
