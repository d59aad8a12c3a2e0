import { parseInvite } from '#contract/invite-text.ts'
import { RefusedError, UsageError } from '../output/output.ts'
import { textOrInput } from './command-input.ts'

/** What a person is asked through: a terminal, whose echo can be turned off. */
export type Terminal = {
  readonly input: AsyncIterable<Buffer | string> & {
    setRawMode(raw: boolean): unknown
    pause(): unknown
  }
  readonly output: { write(text: string): unknown }
}

/** Longer than any invite, however a mail has broken it. */
const mostTyped = 10_000

/**
 * Asks for an invite without showing it. What was pasted in several lines is read until it is whole; an empty line ends it in any case.
 * @throws RefusedError with `cancelled` on Ctrl-C.
 */
export async function askForInvite({ input, output }: Terminal): Promise<string> {
  output.write('Invite (it is not shown; end with Enter): ')
  input.setRawMode(true)
  let typed = ''
  let line = 0
  try {
    for await (const chunk of input)
      for (const char of chunk.toString()) {
        if (char === '\u0003')
          throw new RefusedError({ code: 'cancelled', message: 'Stopped. Nothing was changed.' })
        if (char === '\u0004') return typed
        if (char === '\r' || char === '\n') {
          if (typed.length === line || parseInvite(typed)) return typed
          line = typed.length
        } else if (char === '\u007f' || char === '\b') {
          typed = typed.slice(0, -1)
          line = Math.min(line, typed.length)
        } else if (char >= ' ') typed += char
        if (typed.length > mostTyped) return typed
      }
    return typed
  } finally {
    input.setRawMode(false)
    input.pause()
    output.write('\n')
  }
}

/**
 * An invite: asked for where none is given, from standard input for `-`, or as it was typed, where it may be in the arguments. Those can be seen by
 * whoever is on the machine and stay in the shell's history: with the key of a workspace in it, or to begin one, it is refused with `invite_exposed`.
 * @throws UsageError for what is no invite.
 */
export async function readInvite(given: string | undefined, encrypt: boolean): Promise<string> {
  const { stdin, stderr } = process
  if (given === undefined && !(stdin.isTTY && stderr.isTTY))
    throw new UsageError(
      'Give the invite on standard input, with --invite - (it is asked for on a terminal).',
    )
  const text =
    given === undefined ? await askForInvite({ input: stdin, output: stderr }) : await textOrInput(given)
  const invite = parseInvite(text)
  // Not said again: it may be an invite with a character too few.
  if (!invite)
    throw new UsageError(
      'That is not a whole invite: it begins with docket-invite: and is copied to its last character.',
    )
  if (given !== undefined && given !== '-' && (invite.key !== undefined || encrypt))
    throw new RefusedError({
      code: 'invite_exposed',
      message: `${
        invite.key === undefined
          ? 'This workspace is to be encrypted, and its invite stands in the arguments'
          : 'That invite holds the key of an encrypted workspace and stands in the arguments'
      }, where others on this machine can read it and the shell keeps it. Nothing was sent. Give it on standard input with --invite -, or leave --invite out to be asked for it; if somebody may have seen it, have an owner take it back and make another.`,
    })
  return text
}
