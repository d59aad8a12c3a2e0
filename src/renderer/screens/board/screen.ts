import { Columns3 } from 'lucide-react'
import { boardPath, presets } from '../../lib/paths.ts'
import { goTo, screen } from '../../lib/screen.tsx'

/** The issues that a filter finds, as cards by status. */
export const boardScreen = screen({
  path: boardPath(''),
  title: 'Board',
  load: async () => (await import('./board-page.tsx')).BoardPage,
  input: (_, search) => ({ query: search.get('q') ?? '' }),
  navItems: [
    {
      to: boardPath(presets.open),
      action: goTo('board', 'the board', 'g b'),
      sidebar: { icon: Columns3, marked: 'any-query' },
    },
  ],
})
