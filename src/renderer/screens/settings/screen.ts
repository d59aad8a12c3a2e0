import { Settings } from 'lucide-react'
import { routes, settingsPath, teamPath } from '../../lib/paths.ts'
import { goTo, screen } from '../../lib/screen.tsx'

/** The inboxes' settings, and the team. */
export const settingsScreen = screen({
  path: routes.settings,
  title: 'Settings',
  load: async () => (await import('./settings-page.tsx')).SettingsPage,
  input: ({ section }) => ({ section }),
  navItems: [
    {
      to: settingsPath(),
      action: goTo(
        'settings',
        'settings',
        'g s',
        'preferences inboxes notifications e-mail slack webhooks broker',
      ),
      sidebar: { icon: Settings, section: 'Automation', marked: 'below' },
    },
    {
      to: teamPath,
      action: goTo(
        'team',
        'the team',
        'g t',
        'sync server join invite members devices roles leave encryption',
      ),
    },
  ],
})
