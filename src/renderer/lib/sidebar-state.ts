import { useSyncExternalStore } from 'react'
import { stored, useStored } from './stored-state.ts'

const collapsed = stored<boolean>(
  'docket.sidebar',
  (text) => text === 'collapsed',
  (value) => (value ? 'collapsed' : null),
)

/** Below this width the sidebar is a sheet over the view. */
const narrow = matchMedia('(max-width: 999px)')
const subscribeToWidth = (listener: () => void): (() => void) => {
  narrow.addEventListener('change', listener)
  return () => narrow.removeEventListener('change', listener)
}

let sheetOpen = false
const sheetListeners = new Set<() => void>()
const subscribeToSheet = (listener: () => void): (() => void) => {
  sheetListeners.add(listener)
  return () => sheetListeners.delete(listener)
}

/** Opens or closes the sheet of a narrow window. */
export function setSheet(open: boolean): void {
  sheetOpen = open
  for (const listener of sheetListeners) listener()
}

/** Shows or hides the sidebar, whichever form it has now. */
export function toggleSidebar(): void {
  if (narrow.matches) setSheet(!sheetOpen)
  else collapsed.set(!collapsed.get())
}

/** `docked`: beside the view. `sheet`: over it. `hidden`: neither; the view's header then offers to show it. */
export function useSidebar(): 'docked' | 'sheet' | 'hidden' {
  const isNarrow = useSyncExternalStore(subscribeToWidth, () => narrow.matches)
  const isSheetOpen = useSyncExternalStore(subscribeToSheet, () => sheetOpen)
  const isCollapsed = useStored(collapsed)
  if (isNarrow) return isSheetOpen ? 'sheet' : 'hidden'
  return isCollapsed ? 'hidden' : 'docked'
}
