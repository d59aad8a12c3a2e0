import { Activity } from 'lucide-react'
import { routes } from '../../lib/paths.ts'
import { goTo, screen } from '../../lib/screen.tsx'

const path = '/activity'

/** Everything that happened in the workspace. */
export const activityScreen = screen({
  path,
  title: 'Activity',
  load: async () => (await import('./workspace-activity.tsx')).WorkspaceActivity,
  navItems: [{ to: path, action: goTo('activity', 'activity', 'g a', 'feed'), sidebar: { icon: Activity } }],
})

/** Everything that one person did. */
export const memberScreen = screen({
  path: routes.member,
  load: async () => (await import('./member-activity.tsx')).MemberActivity,
  input: ({ id }) => ({ memberId: id }),
})
