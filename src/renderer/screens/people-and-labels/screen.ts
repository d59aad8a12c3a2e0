import { Users } from 'lucide-react'
import { peopleAndLabelsPath } from '../../lib/paths.ts'
import { goTo, screen } from '../../lib/screen.tsx'

/** The workspace's people, labels and projects. */
export const peopleAndLabelsScreen = screen({
  path: peopleAndLabelsPath,
  title: 'People and labels',
  load: async () => (await import('./people-and-labels.tsx')).PeopleAndLabels,
  navItems: [
    {
      to: peopleAndLabelsPath,
      action: goTo('people', 'people and labels', 'g p', 'members projects'),
      sidebar: { icon: Users },
    },
  ],
})
