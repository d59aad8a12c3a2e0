import { useCallback } from 'react'
import { toast } from 'sonner'
import { callHost } from './call-host.ts'
import type { WindowCommand } from './optimistic.ts'
import { beforeUndo, offerUndo, rememberUndo } from './undo.ts'
import { useCommands } from './use-commands.ts'

/** One command and what takes it back. */
export type Step = {
  readonly command: WindowCommand
  /** Asked only if the person wants it back. */
  readonly inverse: () => Promise<WindowCommand | null> | WindowCommand | null
}

export type RunMany = (
  steps: readonly Step[],
  done: (count: number) => string,
  options?: { readonly quiet?: boolean },
) => Promise<number>

/** Commands under way at a time: enough to keep the host busy, few enough that its other answers come between. */
const atOnce = 8

/**
 * Runs commands of one gesture. What was refused is taken back on the screen and said in one message; what was done can be undone
 * as one. `quiet`: say nothing of what was done (it is in sight), but keep it for the undo key.
 */
export function useRunMany(): RunMany {
  const run = useCommands()
  return useCallback(
    (steps, done, { quiet = false } = {}) => {
      const runAll = async (): Promise<number> => {
        const refused: string[] = []
        const accepted: Step[] = []
        const queue = [...steps]
        const work = async () => {
          for (let step = queue.shift(); step; step = queue.shift()) {
            const outcome = await run(step.command, { quiet: true })
            if (outcome.ok) accepted.push(step)
            else refused.push(outcome.message)
          }
        }
        await Promise.all(Array.from({ length: Math.min(atOnce, steps.length) }, work))
        if (refused.length > 0) {
          const others = refused.length > 1 ? ` (and ${refused.length - 1} more)` : ''
          toast.error(`${refused[0]}${others}`)
        }
        if (accepted.length === 0) return 0
        const undo = async () => {
          for (const step of accepted) {
            const inverse = await step.inverse()
            if (inverse) await callHost('commands.execute', { command: inverse })
          }
        }
        if (quiet) rememberUndo(done(accepted.length), undo)
        else offerUndo(done(accepted.length), undo)
        return accepted.length
      }
      return beforeUndo(runAll())
    },
    [run],
  )
}
