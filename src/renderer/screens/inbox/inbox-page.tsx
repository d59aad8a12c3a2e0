import { BellRing } from 'lucide-react'
import { useState } from 'react'
import { navigate } from '../../lib/hash-location.ts'
import { inboxPath } from '../../lib/paths.ts'
import { useUnread } from '../../lib/queries/use-unread.ts'
import { notificationPermission } from '../../lib/show-notification.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { ViewHeader } from '../../ui/page/view-header.tsx'
import styles from './inbox-page.module.css'
import { NoticeList } from './notice-list.tsx'
import { isNoticeShow, type NoticeFilter } from './use-notices.ts'

const tabs: readonly { readonly show: NoticeFilter; readonly name: string }[] = [
  { show: 'inbox', name: 'Inbox' },
  { show: 'snoozed', name: 'Snoozed' },
  { show: 'done', name: 'Done' },
]

/** What others did that concerns the person who sits here. @param show which part of it, as the address says */
export function InboxPage({ show: asked }: { readonly show: string | null }) {
  const show = isNoticeShow(asked) ? asked : 'inbox'
  const unread = useUnread()
  return (
    <>
      <ViewHeader note={unread > 0 ? `${unread} unread` : null}>
        <nav className={styles.tabs} aria-label="Parts of the inbox">
          {tabs.map((tab) => (
            <button
              key={tab.show}
              type="button"
              className={styles.tab}
              aria-current={tab.show === show ? 'page' : undefined}
              onClick={() =>
                navigate(tab.show === 'inbox' ? inboxPath : `${inboxPath}?show=${tab.show}`, {
                  replace: true,
                })
              }
            >
              {tab.name}
            </button>
          ))}
        </nav>
      </ViewHeader>
      <section className={styles.page} aria-label="Inbox">
        <AskForNotifications />
        <NoticeList key={show} show={show} />
      </section>
    </>
  )
}

/** Asks once, quietly, and only where the host does not show notifications by itself. */
function AskForNotifications() {
  const { info } = useWorkspace()
  const [permission, setPermission] = useState(notificationPermission)
  if (info.notifies || permission !== 'unasked') return null
  return (
    <div className={styles.ask}>
      <BellRing size={16} strokeWidth={1.5} aria-hidden />
      <span className={styles.askText}>Hear of these while you work elsewhere.</span>
      <Button
        onClick={() =>
          void Notification.requestPermission().then(() => setPermission(notificationPermission()))
        }
      >
        Allow notifications
      </Button>
    </div>
  )
}
