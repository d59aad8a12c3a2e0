import { useEffect } from 'react'
import { callHost } from './call-host.ts'

/** What is new on an issue counts as read while the person looks at it: when it is opened, and when something comes while it is open. */
export function useReadNotice(issueId: string | undefined): void {
  useEffect(() => {
    if (issueId === undefined) return
    const read = () => void callHost('notices.read', { issueId: issueId as never }).catch(() => {})
    read()
    return window.docket.onMessage((message) => {
      if (message.kind === 'inboxes' && message.unread > 0 && document.hasFocus()) read()
    })
  }, [issueId])
}
