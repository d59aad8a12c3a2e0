import type { DeliveryStoreContext } from './delivery-statements.ts'

/** A target whose receiver asked to be left alone for so long, in milliseconds from now. */
export function closeTarget(
  { statements, now }: DeliveryStoreContext,
  inbox: string,
  target: string,
  millis: number,
  why: string,
): void {
  statements.putClosed.run({ inbox, target, until: now() + Math.ceil(millis), at: now(), why })
}

/**
 * How much longer a target's receiver asked to be left alone, in milliseconds; never longer than it asked for, should the clock have been set
 * back. `undefined` where it did not ask.
 */
export function closedMillis(
  { statements, now }: DeliveryStoreContext,
  inbox: string,
  target: string,
): number | undefined {
  const row = statements.closing.get(inbox, target) as
    | { closed_until: number | null; closed_at: number | null }
    | undefined
  if (!row || row.closed_until === null || row.closed_at === null) return undefined
  return Math.max(0, Math.min(row.closed_until - now(), row.closed_until - row.closed_at))
}

/**
 * A target whose receiver said that it is gone for good: what the settings are without it, and a note that stays until it is switched on again.
 * Belongs in one transaction.
 */
export function switchTargetOff(
  { statements, now }: DeliveryStoreContext,
  inbox: string,
  target: string,
  settings: unknown,
  note: string,
): void {
  statements.putGone.run({ inbox, target, at: now(), why: note })
  statements.putSettings.run(JSON.stringify(settings), inbox)
  statements.putNote.run(note, now(), inbox)
}
