import type { CallInput, CallName, CallOutput } from '#contract/calls.ts'
import { CallError } from './call-error.ts'
import { announceOwnChange } from './own-changes.ts'

/** Calls the host. @throws CallError where it refuses or fails. */
export async function callHost<Name extends CallName>(
  name: Name,
  input: CallInput<Name>,
): Promise<CallOutput<Name>> {
  const result = await window.docket.call(name, input)
  if (result.ok) {
    if (name === 'commands.execute') {
      const { command } = input as CallInput<'commands.execute'>
      const { issueId } = result.value as CallOutput<'commands.execute'>
      if (issueId !== null) announceOwnChange({ type: command.type, issueId })
    }
    return result.value
  }
  throw new CallError(result.error)
}
