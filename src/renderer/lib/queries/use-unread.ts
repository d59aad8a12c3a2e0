import { useEffect } from 'react'
import { setUnreadTitle } from '../document-title.ts'
import { useCall } from './use-call.ts'

type Badged = Navigator & { setAppBadge?: (count: number) => Promise<void> }

/** How many notices nobody has read yet. */
export function useUnread(): number {
  return useCall('notices.list', { show: 'inbox', limit: 1 }).data?.unread ?? 0
}

/** Says the count where one sees it without looking at the window: in its title, and on the app's icon where the browser can. */
export function useUnreadBadge(): void {
  const unread = useUnread()
  useEffect(() => {
    setUnreadTitle(unread)
    void (navigator as Badged).setAppBadge?.(unread).catch(() => {})
  }, [unread])
}
