import { CircleCheckBig, CircleDot, ListChecks } from 'lucide-react'
import { issuesPath, presets } from '../../lib/paths.ts'
import { goTo, screen } from '../../lib/screen.tsx'
import { useWorkspace } from '../../lib/workspace.tsx'
import { IssueListPage } from './issue-list-page.tsx'
import { presetTitles } from './list-title.ts'

/** The issues that a filter finds. The window opens with it, so that its page is there at once. */
export const issueListScreen = screen({
  path: issuesPath(''),
  page: IssueListPage,
  input: (_, search) => ({ query: search.get('q') ?? '' }),
  navItems: [
    {
      to: issuesPath(presets.mine),
      action: goTo('mine', 'my issues', 'g m'),
      sidebar: {
        icon: ListChecks,
        title: presetTitles.mine,
        useCount: () => useWorkspace().me.assignedOpen,
      },
    },
    {
      to: issuesPath(presets.open),
      action: goTo('open', 'all open issues', 'g o'),
      sidebar: { icon: CircleDot, title: presetTitles.open },
    },
    {
      to: issuesPath(presets.closed),
      action: goTo('closed', 'recently closed', 'g c'),
      sidebar: { icon: CircleCheckBig, title: presetTitles.closed },
    },
  ],
})
