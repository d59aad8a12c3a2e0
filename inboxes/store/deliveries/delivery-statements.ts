import type Sqlite from 'better-sqlite3'
import { waitingColumns } from './delivery-rows.ts'

/** What every operation on deliveries works with: the open file, its statements, and a clock. */
export type DeliveryStoreContext = {
  readonly client: Sqlite.Database
  readonly statements: DeliveryStatements
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** The statements of the delivery store, prepared once for an open file. */
export type DeliveryStatements = ReturnType<typeof deliveryStatements>

/** Every statement that delivering needs. */
export const deliveryStatements = (client: Sqlite.Database) => ({
  ...inboxStatements(client),
  ...waitingStatements(client),
  ...outcomeStatements(client),
  ...targetStatements(client),
  ...retentionStatements(client),
})

const inboxStatements = (client: Sqlite.Database) => ({
  putInbox: client.prepare(
    `INSERT INTO inboxes (name, position, enabled) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING`,
  ),
  isInboxKnown: client.prepare('SELECT 1 FROM inboxes WHERE name = ?'),
  allInboxes: client.prepare(
    `SELECT name, position, mark AS eventHash, enabled, paused, settings FROM inboxes`,
  ),
  moveCheckpoint: client.prepare(
    `UPDATE inboxes SET position = @to, mark = @eventHash WHERE name = @name AND position = @from`,
  ),
  putNote: client.prepare(`UPDATE inboxes SET note = ?, note_at = ? WHERE name = ?`),
  putTrouble: client.prepare(`UPDATE inboxes SET trouble = ? WHERE name = ? AND trouble IS NOT ?`),
  putSettings: client.prepare('UPDATE inboxes SET settings = ? WHERE name = ?'),
})

const waitingStatements = (client: Sqlite.Database) => ({
  putDelivery: client.prepare(
    `INSERT INTO deliveries (inbox, target, stream, event_id, position, key, state, attempts, due, due_set_at, created_at, ended_at, detail, look)
     VALUES (@inbox, @target, @stream, @eventId, @position, @key, @state, 0, @due, @now, @now, @ended, @dead, @evaluation) ON CONFLICT (key) DO NOTHING`,
  ),
  isKeyKnown: client.prepare('SELECT 1 FROM deliveries WHERE key = ?'),
  waitingAfter: client.prepare(
    `SELECT ${waitingColumns} FROM deliveries INDEXED BY deliveries_order
     WHERE inbox = ? AND target = ? AND state = 0 AND look = 0 AND id > ? ORDER BY id LIMIT ?`,
  ),
  waitingOfStream: client.prepare(
    `SELECT ${waitingColumns} FROM deliveries INDEXED BY deliveries_waiting
     WHERE inbox = ? AND target = ? AND state = 0 AND look = 0 AND stream = ? AND id <= ? ORDER BY id LIMIT ?`,
  ),
  nextTarget: client
    .prepare(
      `SELECT target FROM deliveries INDEXED BY deliveries_order WHERE inbox = ? AND state = 0 AND look = 0 AND target > ? ORDER BY target LIMIT 1`,
    )
    .pluck(),
  waitingOfBatch: client.prepare(
    `SELECT ${waitingColumns} FROM deliveries INDEXED BY deliveries_order
     WHERE inbox = ? AND target = ? AND state = 0 AND look = 0 AND batch = ? ORDER BY id`,
  ),
  waitingEvaluations: client.prepare(
    `SELECT ${waitingColumns} FROM deliveries INDEXED BY deliveries_order WHERE inbox = ? AND state = 0 AND look = 1 ORDER BY id`,
  ),
  bindToBatch: client.prepare(
    'UPDATE deliveries SET batch = ?, due = min(due, ?), due_set_at = ? WHERE id = ?',
  ),
})

const outcomeStatements = (client: Sqlite.Database) => ({
  hold: client.prepare('UPDATE deliveries SET held = 1, detail = ? WHERE id = ? AND state = 0'),
  end: client.prepare(
    `UPDATE deliveries SET state = ?, held = 0, attempts = ?, ended_at = ?, detail = ? WHERE id = ? AND state = 0`,
  ),
  postpone: client.prepare(
    `UPDATE deliveries SET held = 0, attempts = ?, due = ?, due_set_at = ?, detail = ? WHERE id = ? AND state = 0`,
  ),
  putAttempt: client.prepare(
    `INSERT OR REPLACE INTO attempts (delivery, number, at, millis, outcome, detail) VALUES (?, ?, ?, ?, ?, ?)`,
  ),
  countMinute: client.prepare(
    `INSERT INTO minutes (inbox, minute, done, failed, dead) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (inbox, minute) DO UPDATE SET done = done + excluded.done, failed = failed + excluded.failed, dead = dead + excluded.dead`,
  ),
  countDone: client.prepare(`UPDATE inboxes SET done = done + ?, last_done_at = ? WHERE name = ?`),
  putError: client.prepare(
    `UPDATE inboxes SET last_error_at = ?, last_error_target = ?, last_error = ? WHERE name = ?`,
  ),
})

const targetStatements = (client: Sqlite.Database) => ({
  putClosed: client.prepare(
    `INSERT INTO targets (inbox, target, closed_until, closed_at, why) VALUES (@inbox, @target, @until, @at, @why)
     ON CONFLICT (inbox, target) DO UPDATE SET closed_until = @until, closed_at = @at, why = @why`,
  ),
  putGone: client.prepare(
    `INSERT INTO targets (inbox, target, gone_at, why) VALUES (@inbox, @target, @at, @why)
     ON CONFLICT (inbox, target) DO UPDATE SET gone_at = @at, why = @why`,
  ),
  closing: client.prepare('SELECT closed_until, closed_at FROM targets WHERE inbox = ? AND target = ?'),
  putOpened: client.prepare(
    'UPDATE targets SET closed_until = NULL, closed_at = NULL WHERE inbox = ? AND target = ? AND closed_until IS NOT NULL',
  ),
})

/** The ids of what ended before an instant, among the oldest few thousand rows. Dead letters are kept. */
const ended = `SELECT id FROM deliveries WHERE id < (SELECT coalesce(min(id), 0) + 5000 FROM deliveries) AND state IN (1, 2, 4) AND ended_at < ?`

const retentionStatements = (client: Sqlite.Database) => ({
  pullBack: client.prepare(
    `UPDATE deliveries SET due = ? + (due - due_set_at), due_set_at = ? WHERE state = 0 AND due_set_at > ?`,
  ),
  forgetAttempts: client.prepare(`DELETE FROM attempts WHERE delivery IN (${ended})`),
  forgetDeliveries: client.prepare(`DELETE FROM deliveries WHERE id IN (${ended})`),
  forgetMinutes: client.prepare('DELETE FROM minutes WHERE minute < ?'),
  dataVersion: client.prepare('SELECT data_version FROM pragma_data_version').pluck(),
})
