import { toast } from 'sonner'
import type { Notification as Shown } from '#contract/answers/inbox-answers.ts'
import { navigate } from './hash-location.ts'

/** Whether the browser may show notifications: `unasked` until the person was asked. */
export function notificationPermission(): 'granted' | 'denied' | 'unasked' {
  if (!('Notification' in window)) return 'denied'
  return Notification.permission === 'default' ? 'unasked' : Notification.permission
}

/** Shows what the inbox of notifications says: as the system does where that is allowed, else in the window's corner. A click leads to it. */
export function showNotification({ tag, title, body, to }: Shown): void {
  if (notificationPermission() !== 'granted') {
    toast(title, {
      id: tag,
      description: body,
      duration: 8_000,
      action: { label: 'Open', onClick: () => navigate(to) },
    })
    return
  }
  const notification = new Notification(title, { body, tag })
  notification.onclick = () => {
    window.focus()
    navigate(to)
    notification.close()
  }
}
