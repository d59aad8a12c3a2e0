import { uuidBytes, uuidText } from '#db/sqlite/uuid-bytes.ts'
import type { NewDelivery } from '../contract/new-delivery.ts'
import { idempotencyKey } from './idempotency-key.ts'
import type { InboxDatabase } from './open-store.ts'
import { deliveryState } from './schema.ts'

/** What the delivery store knows of an inbox. */
export type InboxRow = {
  readonly name: string
  readonly position: number
  /** The hash that the log's event there had when it was read; `null` where that is not known. */
  readonly eventHash: Buffer | null
  readonly enabled: boolean
  readonly paused: boolean
  readonly settings: Readonly<Record<string, unknown>>
}

/** A delivery that waits for its turn. */
export type WaitingDelivery = {
  readonly id: number
  readonly target: string
  readonly streamId: string
  readonly eventId: string
  readonly position: number
  readonly key: string
  /** Attempts made so far. */
  readonly attempts: number
  readonly due: number
  readonly createdAt: number
  /** What those that are sent as one with it have in common; `null` before that was decided. */
  readonly batch: string | null
}

/** An event that an inbox has to look at again. */
export type WaitingLook = Pick<WaitingDelivery, 'id' | 'target' | 'eventId' | 'attempts'>

/** How an attempt ended. */
export type AttemptEnd = {
  readonly id: number
  readonly inbox: string
  readonly target: string
  /** The attempt's number: 1 for the first. */
  readonly attempt: number
  readonly at: number
  readonly millis: number
} & (
  | { readonly outcome: 'done' | 'skip' | 'give_up'; readonly detail: string | null }
  /** It waits for somebody; no attempt is counted. */
  | { readonly outcome: 'hold'; readonly detail: string }
  /** Its target takes nothing before `due`; no attempt is counted. */
  | { readonly outcome: 'closed'; readonly detail: string; readonly due: number }
  /** `due`: when it is tried again; absent where it was the last attempt. */
  | { readonly outcome: 'retry'; readonly detail: string; readonly due: number | null }
)

export type TakenUp = {
  /** Inboxes that have now looked at everything up to `to`. One that was moved meanwhile stays where it was moved to. */
  readonly positions: readonly {
    readonly name: string
    readonly from: number
    readonly to: number
    readonly eventHash: Buffer | null
  }[]
  /** Looks at the events, inside of the transaction: what has to be delivered, and how many each inbox was done with on the spot. */
  readonly collect: () => {
    readonly deliveries: readonly NewDelivery[]
    readonly doneInline: ReadonlyMap<string, number>
  }
}

/** The part of `inboxes.db` that delivering needs: checkpoints, waiting deliveries, what became of them. */
export type DeliveryStore = ReturnType<typeof deliveryStore>

const minuteMillis = 60_000

/** Times are handed in, so that tests may set the clock. @param now milliseconds since 1970. */
export function deliveryStore({ client }: InboxDatabase, now: () => number) {
  const putInbox = client.prepare(
    `INSERT INTO inboxes (name, position, enabled) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING`,
  )
  const isKnown = client.prepare('SELECT 1 FROM inboxes WHERE name = ?')
  const allInboxes = client.prepare(
    `SELECT name, position, mark AS eventHash, enabled, paused, settings FROM inboxes`,
  )
  const movePosition = client.prepare(
    `UPDATE inboxes SET position = @to, mark = @eventHash WHERE name = @name AND position = @from`,
  )
  const putNote = client.prepare(`UPDATE inboxes SET note = ?, note_at = ? WHERE name = ?`)
  const putTrouble = client.prepare(`UPDATE inboxes SET trouble = ? WHERE name = ? AND trouble IS NOT ?`)
  const putDelivery = client.prepare(
    `INSERT INTO deliveries (inbox, target, stream, event_id, position, key, state, attempts, due, due_set_at, created_at, ended_at, detail, look)
     VALUES (@inbox, @target, @stream, @eventId, @position, @key, @state, 0, @due, @now, @now, @ended, @dead, @look) ON CONFLICT (key) DO NOTHING`,
  )
  const keyKnown = client.prepare('SELECT 1 FROM deliveries WHERE key = ?')
  const columns = 'id, target, stream, event_id, position, key, attempts, due, created_at, batch'
  const waitingAfter = client.prepare(
    `SELECT ${columns} FROM deliveries INDEXED BY deliveries_order
     WHERE inbox = ? AND target = ? AND state = 0 AND look = 0 AND id > ? ORDER BY id LIMIT ?`,
  )
  const waitingOfStream = client.prepare(
    `SELECT ${columns} FROM deliveries INDEXED BY deliveries_waiting
     WHERE inbox = ? AND target = ? AND state = 0 AND look = 0 AND stream = ? AND id <= ? ORDER BY id LIMIT ?`,
  )
  const nextTarget = client
    .prepare(
      `SELECT target FROM deliveries INDEXED BY deliveries_order WHERE inbox = ? AND state = 0 AND look = 0 AND target > ? ORDER BY target LIMIT 1`,
    )
    .pluck()
  const waitingOfBatch = client.prepare(
    `SELECT ${columns} FROM deliveries INDEXED BY deliveries_order
     WHERE inbox = ? AND target = ? AND state = 0 AND look = 0 AND batch = ? ORDER BY id`,
  )
  const looks = client.prepare(
    `SELECT ${columns} FROM deliveries INDEXED BY deliveries_order WHERE inbox = ? AND state = 0 AND look = 1 ORDER BY id`,
  )
  const bindOne = client.prepare(
    'UPDATE deliveries SET batch = ?, due = min(due, ?), due_set_at = ? WHERE id = ?',
  )
  const hold = client.prepare('UPDATE deliveries SET held = 1, detail = ? WHERE id = ? AND state = 0')
  const end = client.prepare(
    `UPDATE deliveries SET state = ?, held = 0, attempts = ?, ended_at = ?, detail = ? WHERE id = ? AND state = 0`,
  )
  const postpone = client.prepare(
    `UPDATE deliveries SET held = 0, attempts = ?, due = ?, due_set_at = ?, detail = ? WHERE id = ? AND state = 0`,
  )
  const putAttempt = client.prepare(
    `INSERT OR REPLACE INTO attempts (delivery, number, at, millis, outcome, detail) VALUES (?, ?, ?, ?, ?, ?)`,
  )
  const countMinute = client.prepare(
    `INSERT INTO minutes (inbox, minute, done, failed, dead) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (inbox, minute) DO UPDATE SET done = done + excluded.done, failed = failed + excluded.failed, dead = dead + excluded.dead`,
  )
  const countDone = client.prepare(`UPDATE inboxes SET done = done + ?, last_done_at = ? WHERE name = ?`)
  const putError = client.prepare(
    `UPDATE inboxes SET last_error_at = ?, last_error_target = ?, last_error = ? WHERE name = ?`,
  )
  const pullBack = client.prepare(
    `UPDATE deliveries SET due = ? + (due - due_set_at), due_set_at = ? WHERE state = 0 AND due_set_at > ?`,
  )
  const ended = `SELECT id FROM deliveries WHERE id < (SELECT coalesce(min(id), 0) + 5000 FROM deliveries) AND state IN (1, 2, 4) AND ended_at < ?`
  const forgetAttempts = client.prepare(`DELETE FROM attempts WHERE delivery IN (${ended})`)
  const forgetDeliveries = client.prepare(`DELETE FROM deliveries WHERE id IN (${ended})`)
  const forgetMinutes = client.prepare('DELETE FROM minutes WHERE minute < ?')
  const putClosed = client.prepare(
    `INSERT INTO targets (inbox, target, closed_until, closed_at, why) VALUES (@inbox, @target, @until, @at, @why)
     ON CONFLICT (inbox, target) DO UPDATE SET closed_until = @until, closed_at = @at, why = @why`,
  )
  const putGone = client.prepare(
    `INSERT INTO targets (inbox, target, gone_at, why) VALUES (@inbox, @target, @at, @why)
     ON CONFLICT (inbox, target) DO UPDATE SET gone_at = @at, why = @why`,
  )
  const closing = client.prepare('SELECT closed_until, closed_at FROM targets WHERE inbox = ? AND target = ?')
  const putOpened = client.prepare(
    'UPDATE targets SET closed_until = NULL, closed_at = NULL WHERE inbox = ? AND target = ? AND closed_until IS NOT NULL',
  )
  const putSettings = client.prepare('UPDATE inboxes SET settings = ? WHERE name = ?')
  const dataVersion = client.prepare('SELECT data_version FROM pragma_data_version').pluck()

  type Row = {
    id: number
    target: string
    stream: Buffer
    event_id: Buffer
    position: number
    key: Buffer
    attempts: number
    due: number
    created_at: number
    batch: Buffer | null
  }
  const waiting = (row: unknown): WaitingDelivery => {
    const { stream, event_id, created_at, key, batch, ...rest } = row as Row
    return {
      ...rest,
      streamId: uuidText(stream),
      eventId: uuidText(event_id),
      key: uuidText(key),
      createdAt: created_at,
      batch: batch === null ? null : uuidText(batch),
    }
  }

  /** @returns false where its key is known. */
  function enqueue(delivery: NewDelivery, at: number): boolean {
    const { changes } = putDelivery.run({
      inbox: delivery.inbox,
      target: delivery.target,
      stream: uuidBytes(delivery.streamId),
      eventId: uuidBytes(delivery.eventId),
      position: delivery.position,
      key: delivery.key
        ? uuidBytes(delivery.key)
        : idempotencyKey(delivery.eventId, delivery.inbox, delivery.target),
      state: delivery.dead === undefined ? deliveryState.waiting : deliveryState.dead,
      due: at + (delivery.gatherMillis ?? 0),
      now: at,
      ended: delivery.dead === undefined ? null : at,
      dead: delivery.dead ?? null,
      look: delivery.dead === undefined ? 0 : 1,
    })
    if (delivery.dead !== undefined) {
      putError.run(at, delivery.target, delivery.dead, delivery.inbox)
      countMinute.run(delivery.inbox, Math.floor(at / minuteMillis), 0, 0, 1)
    }
    return changes > 0
  }

  type Tally = { done: number; failed: number; dead: number }
  function tally(settlements: readonly AttemptEnd[]): Map<string, Tally> {
    const tallies = new Map<string, Tally>()
    for (const { inbox, ...settlement } of settlements) {
      const count = tallies.get(inbox) ?? { done: 0, failed: 0, dead: 0 }
      if (settlement.outcome === 'done') count.done += 1
      if (settlement.outcome === 'retry') count.failed += 1
      if (isDead(settlement)) count.dead += 1
      tallies.set(inbox, count)
    }
    return tallies
  }

  function settleOne(settlement: AttemptEnd): void {
    const { id, attempt, at, millis, outcome, detail } = settlement
    if (outcome === 'hold') {
      hold.run(detail, id)
      return
    }
    if (outcome === 'closed') {
      postpone.run(attempt - 1, settlement.due, at, detail, id)
      return
    }
    if (outcome === 'retry' && settlement.due !== null) postpone.run(attempt, settlement.due, at, detail, id)
    else {
      const state =
        outcome === 'done'
          ? deliveryState.done
          : outcome === 'skip'
            ? deliveryState.skipped
            : deliveryState.dead
      end.run(state, attempt, at, detail, id)
    }
    // What worked at once needs no log of its own: its row says it all.
    if (outcome === 'retry' || outcome === 'give_up' || attempt > 1)
      putAttempt.run(id, attempt, at - millis, millis, outcome, detail ?? '')
    if (outcome === 'retry' || outcome === 'give_up')
      putError.run(at, settlement.target, detail, settlement.inbox)
  }

  function settleAll(settlements: readonly AttemptEnd[]): void {
    for (const settlement of settlements) settleOne(settlement)
    const at = now()
    for (const [inbox, { done, failed, dead }] of tally(settlements)) {
      if (done > 0) countDone.run(done, at, inbox)
      if (done + failed + dead > 0) countMinute.run(inbox, Math.floor(at / minuteMillis), done, failed, dead)
    }
  }

  return {
    /** Makes an inbox known, at a position, where it is not yet. */
    ensure(name: string, position: number, enabled: boolean): void {
      // Asked often, and an insert takes the write lock even where it inserts nothing.
      if (!isKnown.get(name)) putInbox.run(name, position, enabled ? 1 : 0)
    },
    inboxes(): readonly InboxRow[] {
      return (allInboxes.all() as { [K in keyof InboxRow]: unknown }[]).map((row) => ({
        name: row.name as string,
        position: row.position as number,
        eventHash: row.eventHash as Buffer | null,
        enabled: row.enabled === 1,
        paused: row.paused === 1,
        settings: JSON.parse(row.settings as string),
      }))
    },
    /** Writes down what a batch of events led to, with the checkpoints, in one transaction. */
    takeUp: client.transaction(({ positions, collect }: TakenUp) => {
      const at = now()
      const { deliveries, doneInline } = collect()
      for (const delivery of deliveries) enqueue(delivery, at)
      for (const [name, count] of doneInline) {
        countDone.run(count, at, name)
        countMinute.run(name, Math.floor(at / minuteMillis), count, 0, 0)
      }
      for (const moved of positions) movePosition.run(moved)
    }).immediate,
    /** Writes a delivery down that no event of the log asked for by itself. @returns false where its key is known: it is passed over. */
    enqueue: (delivery: NewDelivery): boolean => enqueue(delivery, now()),
    /** Whether a delivery with that key was written down. */
    isKnown: (key: string): boolean => keyKnown.get(uuidBytes(key)) !== undefined,
    /** What waits for a target, written down after `afterId`, oldest first, due or not. */
    waiting(inbox: string, target: string, afterId: number, limit: number): readonly WaitingDelivery[] {
      return waitingAfter.all(inbox, target, afterId, limit).map(waiting)
    },
    /** What of one stream waits for a target, up to `upToId`, oldest first. */
    waitingOfStream(
      inbox: string,
      target: string,
      streamId: string,
      upToId: number,
      limit: number,
    ): readonly WaitingDelivery[] {
      return waitingOfStream.all(inbox, target, uuidBytes(streamId), upToId, limit).map(waiting)
    },
    /** Targets that something waits for. */
    targets(inbox: string): readonly string[] {
      const found: string[] = []
      for (
        let target = nextTarget.get(inbox, '');
        typeof target === 'string';
        target = nextTarget.get(inbox, target)
      )
        found.push(target)
      return found
    },
    /** What waits and is bound to be sent as one. */
    waitingOfBatch(inbox: string, target: string, batch: string): readonly WaitingDelivery[] {
      return waitingOfBatch.all(inbox, target, uuidBytes(batch)).map(waiting)
    },
    /** Binds deliveries to be sent as one, now and at every repeat. @returns them, bound. */
    bind: client.transaction((taken: readonly WaitingDelivery[]): readonly WaitingDelivery[] => {
      const batch = taken[0]?.key
      if (batch === undefined) return taken
      const at = now()
      // Gathered long enough: whoever finds them after a crash sends them at once.
      for (const { id } of taken) bindOne.run(uuidBytes(batch), at, at, id)
      return taken.map((each) => ({ ...each, batch }))
    }).immediate,
    /** Events that an inbox failed to look at, and that somebody had replayed. */
    looks: (inbox: string): readonly WaitingLook[] => looks.all(inbox).map(waiting),
    /** Looks at an event again: what comes of it and that it was looked at are one transaction. */
    lookAgain: client.transaction(
      (
        look: () => { readonly deliveries: readonly NewDelivery[]; readonly settlement: AttemptEnd },
      ): void => {
        const { deliveries, settlement } = look()
        for (const delivery of deliveries) enqueue(delivery, now())
        settleAll([settlement])
      },
    ).immediate,
    /** Writes down how attempts ended, in one transaction. */
    settle: client.transaction(settleAll).immediate,
    /** Moves an inbox that is still where it was. @param note what a person should know of that. */
    move: client.transaction((to: TakenUp['positions'][number], note?: string) => {
      if (movePosition.run(to).changes > 0 && note !== undefined) putNote.run(note, now(), to.name)
    }).immediate,
    /** A target's receiver asked to be left alone for so long, in milliseconds from now. */
    close(inbox: string, target: string, millis: number, why: string): void {
      putClosed.run({ inbox, target, until: now() + Math.ceil(millis), at: now(), why })
    },
    /** How much longer a target's receiver asked to be left alone, in milliseconds; never longer than it asked for, should the clock have been set back. `undefined` where it was not. */
    closedMillis(inbox: string, target: string): number | undefined {
      const row = closing.get(inbox, target) as
        | { closed_until: number | null; closed_at: number | null }
        | undefined
      if (!row || row.closed_until === null || row.closed_at === null) return undefined
      return Math.max(0, Math.min(row.closed_until - now(), row.closed_until - row.closed_at))
    },
    /** What waited while a target was closed was told. */
    opened: (inbox: string, target: string): void => void putOpened.run(inbox, target),
    /** A target's receiver said that it is gone for good: what the settings are without it, and a note that stays until it is switched on again. */
    switchOff: client.transaction((inbox: string, target: string, settings: unknown, note: string) => {
      putGone.run({ inbox, target, at: now(), why: note })
      putSettings.run(JSON.stringify(settings), inbox)
      putNote.run(note, now(), inbox)
    }).immediate,
    /** Why an inbox can not work, or `null`; the host shows it. @returns whether that is news. */
    trouble(name: string, sentence: string | null): boolean {
      return putTrouble.run(sentence, name, sentence).changes > 0
    },
    /** After the clock was set back, waits are as long as they were meant to be, not longer. @returns how many were pulled back. */
    pullBack(): number {
      const at = now()
      return pullBack.run(at, at, at).changes
    },
    /** Forgets what ended before an instant, a few thousand rows at a time. Dead letters and what waits are kept. */
    forget: client.transaction((before: number) => {
      forgetAttempts.run(before)
      forgetDeliveries.run(before)
      forgetMinutes.run(Math.floor(before / minuteMillis))
    }).immediate,
    /** Moves when another process wrote. */
    dataVersion: () => Number(dataVersion.get()),
  }
}

function isDead(settlement: Pick<AttemptEnd, 'outcome'> & { due?: number | null }): boolean {
  return settlement.outcome === 'give_up' || (settlement.outcome === 'retry' && settlement.due === null)
}
