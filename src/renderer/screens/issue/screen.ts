import { routes } from '../../lib/paths.ts'
import { screen } from '../../lib/screen.tsx'

/** One issue with its history. */
export const issueScreen = screen({
  path: routes.issue,
  load: async () => (await import('./issue-page.tsx')).IssuePage,
  input: ({ key }) => ({ issueKey: decodeURIComponent(key) }),
})
