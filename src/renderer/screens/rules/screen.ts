import { Workflow } from 'lucide-react'
import { routes, rulesPath } from '../../lib/paths.ts'
import { goTo, screen } from '../../lib/screen.tsx'

/** What the workspace does by itself. */
export const rulesScreen = screen({
  path: rulesPath,
  title: 'Rules',
  load: async () => (await import('./rules-page.tsx')).RulesPage,
  navItems: [
    {
      to: rulesPath,
      action: goTo('rules', 'rules', 'g r', 'automation when then'),
      sidebar: { icon: Workflow, section: 'Automation', marked: 'below' },
    },
  ],
})

/** One rule, there or to be written. */
export const ruleScreen = screen({
  path: routes.rule,
  load: async () => (await import('./rule-page.tsx')).RulePage,
  input: ({ id }) => ({ ruleId: id }),
})
