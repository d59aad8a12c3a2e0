import { searchPath } from '../../lib/paths.ts'
import { screen } from '../../lib/screen.tsx'

/** Words found in issues and what was said about them. */
export const searchScreen = screen({
  path: searchPath(''),
  title: 'Search',
  load: async () => (await import('./search-page.tsx')).SearchPage,
  input: (_, search) => ({ text: search.get('text') ?? '' }),
  navItems: [{ to: searchPath(''), action: 'search' }],
})
