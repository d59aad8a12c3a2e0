import { type RefObject, useLayoutEffect, useState } from 'react'

/** The nearest element around that scrolls up and down. */
function scrollerOf(element: HTMLElement): HTMLElement {
  for (let parent = element.parentElement; parent; parent = parent.parentElement) {
    if (/auto|scroll|overlay/.test(getComputedStyle(parent).overflowY)) return parent
  }
  return document.documentElement
}

/**
 * Where a list lies inside of whatever scrolls around it, followed while things above it grow and shrink.
 * @returns the scrolling element, and the list's offset from the top of its content in pixels.
 */
export function useScrollPlace(list: RefObject<HTMLElement | null>): {
  scroller: HTMLElement | null
  margin: number
} {
  const [place, setPlace] = useState<{ scroller: HTMLElement | null; margin: number }>({
    scroller: null,
    margin: 0,
  })
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    const scroller = scrollerOf(element)
    const measure = () => {
      const margin = Math.round(
        element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop,
      )
      setPlace((now) => (now.scroller === scroller && now.margin === margin ? now : { scroller, margin }))
    }
    measure()
    const observer = new ResizeObserver(measure)
    // What stands above the list moves it: each sibling before it, at every level up to the scroller.
    for (let at: HTMLElement = element; at !== scroller && at.parentElement; at = at.parentElement) {
      for (let before = at.previousElementSibling; before; before = before.previousElementSibling)
        observer.observe(before)
    }
    observer.observe(scroller)
    return () => observer.disconnect()
  }, [list])
  return place
}
