import { useLayoutEffect, useRef, useState } from 'react'

/** The latest function under one identity, so that rows don't render for it. */
export function useStable<Args extends readonly unknown[]>(
  latest: (...args: Args) => void,
): (...args: Args) => void {
  const held = useRef(latest)
  useLayoutEffect(() => {
    held.current = latest
  })
  const [stable] = useState(
    () =>
      (...args: Args) =>
        held.current(...args),
  )
  return stable
}
