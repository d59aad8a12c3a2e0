import { Inbox } from 'lucide-react'
import { inboxPath } from '../../lib/paths.ts'
import { useUnread } from '../../lib/queries/use-unread.ts'
import { goTo, screen } from '../../lib/screen.tsx'

/** What others did that concerns the person. */
export const inboxScreen = screen({
  path: inboxPath,
  title: 'Inbox',
  load: async () => (await import('./inbox-page.tsx')).InboxPage,
  input: (_, search) => ({ show: search.get('show') }),
  navItems: [
    {
      to: inboxPath,
      action: goTo('inbox', 'the inbox', 'g i', 'notifications notices unread'),
      sidebar: { icon: Inbox, marked: 'any-query', useCount: useUnread, counted: 'unread' },
    },
  ],
})
