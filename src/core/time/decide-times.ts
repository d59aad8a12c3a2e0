import { done, type Result, refuse } from '../values/refusal.ts'
import type { OwnersNoted, TimesCorrected } from './time-events.ts'
import type { TimesCommand } from './times-command.ts'

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

/**
 * What there is to note of who the owners are; `undefined` where the log says so already, or where it does not know whoever would note it as one. Pure.
 * @param now as the server has them. @param known as the log does
 */
export function ownersToNote(
  actorId: string,
  now: readonly string[],
  known: readonly string[],
): OwnersNoted | undefined {
  const owners = [...new Set(now)].sort()
  if (owners.length === 0 || !known.includes(actorId)) return undefined
  if (owners.length === known.length && owners.every((id) => known.includes(id))) return undefined
  return { type: 'owners_noted', data: { owners } }
}
