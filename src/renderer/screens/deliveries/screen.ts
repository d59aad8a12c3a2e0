import { Send } from 'lucide-react'
import { deliveriesPath } from '../../lib/paths.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { goTo, screen } from '../../lib/screen.tsx'

/** How many deliveries were given up: those wait for somebody. */
function useDead(): number {
  const { data = [] } = useCall('inboxes.list', {})
  return data.reduce((sum, inbox) => sum + inbox.dead, 0)
}

/** What inboxes sent, and what they could not. */
export const deliveriesScreen = screen({
  path: deliveriesPath,
  title: 'Deliveries',
  load: async () => (await import('./deliveries-page.tsx')).DeliveriesPage,
  input: (_, search) => ({ inbox: search.get('inbox'), state: search.get('state') }),
  navItems: [
    {
      to: deliveriesPath,
      action: goTo('deliveries', 'deliveries', 'g d', 'inboxes dead letters replay webhooks log'),
      sidebar: {
        icon: Send,
        section: 'Automation',
        marked: 'any-query',
        useCount: useDead,
        counted: 'dead',
      },
    },
  ],
})
