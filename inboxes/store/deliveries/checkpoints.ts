import type { CheckpointMove, InboxRow } from './delivery-rows.ts'
import type { DeliveryStoreContext } from './delivery-statements.ts'

type Context = Pick<DeliveryStoreContext, 'statements'>

/** An inbox made known, at a position, where it is not yet. */
export function ensureInbox({ statements }: Context, name: string, position: number, enabled: boolean): void {
  // Asked often, and an insert takes the write lock even where it inserts nothing.
  if (!statements.isInboxKnown.get(name)) statements.putInbox.run(name, position, enabled ? 1 : 0)
}

/** Every inbox that is known, with its checkpoint and settings. */
export const inboxRows = ({ statements }: Context): readonly InboxRow[] =>
  (statements.allInboxes.all() as { [K in keyof InboxRow]: unknown }[]).map((row) => ({
    name: row.name as string,
    position: row.position as number,
    eventHash: row.eventHash as Buffer | null,
    enabled: row.enabled === 1,
    paused: row.paused === 1,
    settings: JSON.parse(row.settings as string),
  }))

/** The checkpoint of an inbox that is still where it was, moved. Belongs in one transaction. @param note what a person should know of that. */
export function moveCheckpoint(
  { statements, now }: DeliveryStoreContext,
  move: CheckpointMove,
  note?: string,
): void {
  if (statements.moveCheckpoint.run(move).changes > 0 && note !== undefined)
    statements.putNote.run(note, now(), move.name)
}

/** Why an inbox can not work, or `null`; the host shows it. @returns whether that is news. */
export const setTrouble = ({ statements }: Context, name: string, sentence: string | null): boolean =>
  statements.putTrouble.run(sentence, name, sentence).changes > 0
