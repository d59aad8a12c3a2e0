import { useEffect, useRef } from 'react'
import { createPortal } from 'react-dom'
import { Toaster } from 'sonner'
import { useStored } from '../../lib/stored-state.ts'
import { theme } from '../../ui/theme/theme.ts'
import './toasts.css'

/** Holds the messages wherever their room is now: they outlive a sidebar that is hidden meanwhile. */
const holder = document.createElement('div')

/** Short messages: what was done, with a way back, and what was refused, with the reason. They stand in {@link ToastRoom}. */
export function Toasts() {
  useEffect(() => {
    // Dialogs and sheets lie over the whole window; they end where the messages begin.
    const observer = new ResizeObserver(([entry]) =>
      document.documentElement.style.setProperty(
        '--toasts',
        `${Math.ceil(entry?.contentRect.height ?? 0)}px`,
      ),
    )
    observer.observe(holder)
    return () => observer.disconnect()
  }, [])
  return createPortal(
    <Toaster theme={useStored(theme)} position="bottom-left" visibleToasts={2} expand gap={8} />,
    holder,
  )
}

/** Where the messages stand: a part of the frame that takes its room from the end of what scrolls beside it, so that they cover nothing. */
export function ToastRoom() {
  const room = useRef<HTMLDivElement>(null)
  useEffect(() => {
    room.current?.append(holder)
    return () => {
      if (holder.parentElement === room.current) holder.remove()
    }
  }, [])
  return <div ref={room} className="toast-room" />
}
