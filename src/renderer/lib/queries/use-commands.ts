import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { toast } from 'sonner'
import type { CallOutput } from '#contract/calls.ts'
import { useWorkspace } from '../workspace.tsx'
import { CallError, sentenceOf } from './call-error.ts'
import { callHost } from './call-host.ts'
import { applyOptimistically, type WindowCommand } from './optimistic.ts'
import { beforeUndo, offerUndo } from './undo.ts'

export type CommandOptions = {
  /** What to say once it is done: `Moved to In progress`. Nothing is said without it. */
  readonly done?: string
  /** The command that takes it back, offered with `done` and under the undo key. `null` where there is none. */
  readonly undo?: () => Promise<readonly WindowCommand[] | null> | readonly WindowCommand[] | null
  /** Say nothing on a refusal: the caller shows it. */
  readonly quiet?: boolean
}

/** What the host answered, or the sentence of its refusal. */
export type CommandOutcome =
  | { readonly ok: true; readonly value: CallOutput<'commands.execute'> }
  | { readonly ok: false; readonly error: unknown; readonly message: string }

/** The text that stands where somebody wrote over another, if that is why it was refused. */
export function staleOf(outcome: CommandOutcome): { readonly theirs: string } | undefined {
  const error = outcome.ok ? undefined : outcome.error
  return error instanceof CallError && error.code === 'text_changed'
    ? { theirs: String(error.details.theirs) }
    : undefined
}

export type RunCommand = (command: WindowCommand, options?: CommandOptions) => Promise<CommandOutcome>

/** Runs commands: their effect shows at once; a refusal takes it back and says why. Never throws. */
export function useCommands(): RunCommand {
  const client = useQueryClient()
  const { workflow } = useWorkspace()
  return useCallback(
    (command, { done, undo, quiet = false } = {}) => {
      const execute = async (): Promise<CommandOutcome> => {
        const takeBack = applyOptimistically(client, command, workflow)
        try {
          const value = await callHost('commands.execute', { command })
          if (done && undo) {
            offerUndo(done, async () => {
              for (const inverse of (await undo()) ?? [])
                await callHost('commands.execute', { command: inverse })
            })
          } else if (done) toast(done)
          return { ok: true, value }
        } catch (error) {
          takeBack()
          if (!quiet) toast.error(sentenceOf(error))
          return { ok: false, error, message: sentenceOf(error) }
        }
      }
      return undo ? beforeUndo(execute()) : execute()
    },
    [client, workflow],
  )
}
