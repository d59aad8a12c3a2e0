import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { type ConflictView, conflictOf } from '#contract/answers/sync-answers.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { useSync } from '../sync/use-sync.ts'
import { dismissedText, flippedText } from './describe-conflict.ts'
import { undoOfFlip, undoOfRename } from './undo-flip.ts'

export type ConflictAct = 'flip' | 'dismiss'
export type ConflictActs = {
  /** A refusal is said. @returns whether it was done */
  readonly act: (what: ConflictAct, conflict: ConflictView) => Promise<boolean>
  /** Being decided now, by id. */
  readonly busy: ReadonlySet<string>
  /** Whether the person may decide anything here. */
  readonly may: boolean
}

/** Decides conflicts: makes the change again that lost, or leaves it. */
export function useConflictActs(): ConflictActs {
  const client = useQueryClient()
  const run = useCommands()
  const { info, me } = useWorkspace()
  const role = useSync()?.role
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set())
  const act = useCallback(
    async (what: ConflictAct, conflict: ConflictView): Promise<boolean> => {
      const { id: conflictId, issue } = conflict
      const of = { conflictId, ...conflictOf(conflict) }
      setBusy((now) => new Set([...now, conflictId]))
      try {
        if (what === 'dismiss') {
          const command = { type: 'dismiss_conflict', ...of } as const
          const done = await run(command, { done: dismissedText(conflict) })
          return done.ok
        }
        const before = issue && (await callHost('issues.get', { key: issue.id }).catch(() => null))
        const inverse = issue ? before && undoOfFlip(conflict, before) : undoOfRename(conflict)
        const done = await run(
          { type: 'flip_conflict', ...of },
          { done: flippedText(conflict, me.id), ...(inverse ? { undo: () => [inverse] } : {}) },
        )
        return done.ok
      } finally {
        await client.invalidateQueries({ queryKey: ['conflicts.list'] })
        setBusy((now) => new Set([...now].filter((id) => id !== conflictId)))
      }
    },
    [client, run, me.id],
  )
  return { act, busy, may: !info.readOnly && role !== 'reader' }
}
