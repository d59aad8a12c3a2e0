import { type FacetValues, facetValues } from '#core/issue/fields/issue-facets.ts'
import { type IssueState, initialIssue } from '#core/issue/issue-state.ts'

/** What a projection must know of an issue before events were folded in. The arrays are kept, for a fold replaces them. */
export type IssueBefore = Pick<
  IssueState,
  'exists' | 'number' | 'status' | 'archived' | 'assignees' | 'labels' | 'links' | 'formerKeys' | 'conflicts'
> &
  FacetValues & {
    readonly supersededCount: number
  }

/** Of a state that was folded; the tables show nothing of an issue whose first event is still to come, whatever else of it is there. */
export function issueBefore(folded: IssueState): IssueBefore {
  const state = projectedOf(folded)
  const { exists, number, status, archived, assignees, labels, links, formerKeys, conflicts } = state
  return {
    exists,
    number,
    status,
    archived,
    ...facetValues(state),
    assignees,
    labels,
    links,
    formerKeys,
    conflicts,
    supersededCount: state.superseded.length,
  }
}

/** Of a state that was folded: nothing of an issue whose first event is still to come. */
export const projectedOf = (state: IssueState): IssueState => (state.exists ? state : initialIssue(state.id))
