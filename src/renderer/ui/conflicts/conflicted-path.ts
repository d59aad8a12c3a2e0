import type { ConflictView } from '#contract/answers/sync-answers.ts'
import { issuePath, issuesPath, memberPath, rulesPath, teamPath, term } from '../../lib/paths.ts'

/** Where what a conflict is of can be seen; a label or project by its issues. */
export function conflictedPath({ of }: Pick<ConflictView, 'of'>): string {
  switch (of.type) {
    case 'issue':
      return issuePath(of.name)
    case 'member':
      return memberPath(of.id)
    case 'rule':
      return rulesPath
    case 'event_type':
    case 'workspace':
      return teamPath
    default:
      return issuesPath(term(of.type, of.name))
  }
}
