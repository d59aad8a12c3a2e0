import type { TimesCommand } from './commands.ts'
import { done, type Result, refuse } from './refusal.ts'
import type { TimesCorrected } from './time-events.ts'

/** What a decision about corrected times may ask. Reads only. */
export type TimesContext = {
  readonly actorId: string
  /** The last place of a chain; `undefined` where there is no such chain here. */
  readonly lastSeq: (chain: string) => number | undefined
  readonly memberOf: (chain: string) => string | undefined
  /** Whom the log knows as owners. */
  readonly owners: () => readonly string[]
}

/** What a command about times leads to. Pure. */
export function decideTimes(command: TimesCommand, context: TimesContext): Result<readonly TimesCorrected[]> {
  const { chain, fromSeq, toSeq, byMillis } = command
  const last = context.lastSeq(chain)
  if (last === undefined || toSeq > last)
    return refuse('invalid_command', 'There are no such events here whose times could be corrected.', {
      chain,
      last: last ?? null,
    })
  const may = context.actorId === context.memberOf(chain) || context.owners().includes(context.actorId)
  if (!may)
    return refuse(
      'not_your_times',
      'The times of a device’s events are corrected by its own member or an owner. Who became an owner a moment ago is known as one once another owner’s Docket has synced.',
      { chain },
    )
  return done([{ type: 'times_corrected', data: { chain, fromSeq, toSeq, byMillis } }])
}
