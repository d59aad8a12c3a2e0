import { type ComponentType, useEffect, useState } from 'react'
import { useKeptKeys } from './shortcuts/action-handlers.ts'

/** A component whose code comes after the first paint; once it is there, it renders without a gap. */
export type Preloadable<Props> = ComponentType<Props> & { readonly preload: () => Promise<void> }

/**
 * A lazy component would leave a gap of one turn even when its code is there (keys typed meanwhile would be lost), and would
 * remember for ever that its code could not be fetched while the host was away.
 * @param load imports the component; asked again only after it failed
 */
export function preloadable<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): Preloadable<Props> {
  let loaded: ComponentType<Props> | undefined
  let loading: Promise<ComponentType<Props>> | undefined
  const fetchOnce = (): Promise<ComponentType<Props>> => {
    loading ??= load().then(
      (component) => {
        loaded = component
        return component
      },
      (error: unknown) => {
        loading = undefined
        throw error
      },
    )
    return loading
  }
  // biome-ignore lint/correctness/noComponentHookFactories: called when its module loads, never while rendering
  const Component = (props: Props) => {
    const [, arrived] = useState(loaded !== undefined)
    const [failure, setFailure] = useState<{ readonly error: unknown } | null>(null)
    useEffect(() => {
      if (loaded) return
      let shown = true
      fetchOnce().then(
        () => shown && arrived(true),
        (error: unknown) => shown && setFailure({ error }),
      )
      return () => {
        shown = false
      }
    }, [])
    useKeptKeys(!loaded && !failure)
    if (failure) throw failure.error
    const Ready = loaded
    return Ready ? <Ready {...props} /> : null
  }
  return Object.assign(Component, {
    preload: () =>
      fetchOnce().then(
        () => {},
        () => {},
      ),
  })
}

/** Fetches code for later, once the first paint is done. */
export function preloadLater(components: readonly { readonly preload: () => Promise<void> }[]): void {
  setTimeout(() => {
    for (const component of components) void component.preload()
  }, 0)
}
