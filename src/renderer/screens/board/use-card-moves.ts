import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import type { IssueRow } from '#contract/answers/answers.ts'
import type { Transition } from '#core/workflow/workflow.ts'
import { useRunMany } from '../../lib/queries/run-many.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { transitionStep } from '../../ui/issues/transition-step.ts'
import type { CardMove } from './card-move.ts'

type CardMoves = {
  /** Those under way. */
  readonly moves: readonly CardMove[]
  /** Moves a card, or says why that is not possible. */
  readonly moveTo: (row: IssueRow, to: string, transitions: readonly Transition[]) => Promise<void>
}

/** The cards on their way to another column, and what sends one there. */
export function useCardMoves(): CardMoves {
  const { stateById } = useWorkspace()
  const client = useQueryClient()
  const runMany = useRunMany()
  const [moves, setMoves] = useState<readonly CardMove[]>([])
  const moveTo = async (row: IssueRow, to: string, transitions: readonly Transition[]) => {
    const transition = transitions.find((each) => each.to === to)
    const name = stateById.get(to)?.name ?? to
    if (!transition) {
      const possible = transitions.map((each) => stateById.get(each.to)?.name ?? each.to)
      toast.error(
        `${row.key} can’t go to ${name} from here. ${possible.length > 0 ? `It can go to ${possible.join(' or ')}.` : 'It can’t move now.'}`,
      )
      return
    }
    const move: CardMove = { row: { ...row, status: to }, to }
    setMoves((now) => [...now.filter((each) => each.row.id !== row.id), move])
    const accepted = await runMany(
      [transitionStep(row, transition.name)],
      () => `${row.key} moved to ${name}`,
    )
    // It stays where it was put until the columns have been asked again and show it there by themselves.
    if (accepted > 0) {
      await client.invalidateQueries({
        predicate: ({ queryKey: [asked] }) => asked === 'issues.list' || asked === 'issues.count',
      })
    }
    // A move on from there may be under way by now; it has its own end.
    setMoves((now) => now.filter((each) => each !== move))
  }
  return { moves, moveTo }
}
