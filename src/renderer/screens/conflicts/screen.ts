import { GitMerge } from 'lucide-react'
import { conflictsPath } from '../../lib/paths.ts'
import { useConflictCount } from '../../lib/queries/use-conflict-count.ts'
import { goTo, screen } from '../../lib/screen.tsx'
import { useIsSynced } from '../../ui/sync/use-sync.ts'

/** Changes that had no effect, since another was made at the same time. */
export const conflictsScreen = screen({
  path: conflictsPath(),
  title: 'Conflicts',
  load: async () => (await import('./conflicts-page.tsx')).ConflictsPage,
  input: (_, search) => ({
    show: search.get('show'),
    issueId: search.get('issue'),
    eventId: search.get('event'),
  }),
  navItems: [
    {
      to: conflictsPath(),
      action: goTo('conflicts', 'conflicts', 'g v', 'superseded overwritten merge lost changes flip dismiss'),
      sidebar: {
        icon: GitMerge,
        marked: 'any-query',
        useCount: () => useConflictCount().open,
        // There once there was one, or others work on the same.
        useShown: () => {
          const { ever } = useConflictCount()
          const isSynced = useIsSynced()
          return ever || isSynced
        },
      },
    },
  ],
})
