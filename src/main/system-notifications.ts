import { Notification as SystemNotification } from 'electron'
import type { Notification } from '#contract/answers/inbox-answers.ts'

/**
 * Shows notifications as the system does; one with a tag replaces the one that was shown under it.
 * @param show brings a window before the person, at a place in it.
 * @returns a function that says whether it could be shown.
 */
export function systemNotifications(show: (place: string) => void): (notification: Notification) => boolean {
  // Held, for one that nobody holds is collected with its click.
  const shown = new Map<string, SystemNotification>()
  return ({ tag, title, body, to }) => {
    if (!SystemNotification.isSupported()) return false
    shown.get(tag)?.close()
    const notification = new SystemNotification({ title, body })
    const forget = () => {
      if (shown.get(tag) === notification) shown.delete(tag)
    }
    notification.on('click', () => {
      forget()
      show(to)
    })
    notification.on('close', forget)
    shown.set(tag, notification)
    notification.show()
    return true
  }
}
