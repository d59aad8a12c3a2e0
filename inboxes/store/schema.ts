import { sql } from 'drizzle-orm'
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

// `inboxes.db`: what the inboxes did and have yet to do on this replica. Not derived from the log, and never needed to read it.
// Times are milliseconds since 1970.

/** One row an inbox: how far it has read, what it was told to be, and how it fares. */
export const inboxes = sqliteTable('inboxes', {
  name: text().primaryKey(),
  /** Everything up to here was evaluated. */
  position: integer().notNull(),
  /** The hash of the log's event at `position`: another one there means another log. NULL where somebody moved the inbox, or it is at 0. */
  eventHash: blob('mark', { mode: 'buffer' }),
  enabled: integer({ mode: 'boolean' }).notNull(),
  paused: integer({ mode: 'boolean' }).notNull().default(false),
  /** JSON, without secrets. */
  settings: text().notNull().default('{}'),
  /** Why it can not work, as the worker found; NULL where it can. */
  trouble: text(),
  /** What a person should know of it though it works, and since when. */
  note: text(),
  noteAt: integer('note_at'),
  done: integer().notNull().default(0),
  lastDoneAt: integer('last_done_at'),
  lastErrorAt: integer('last_error_at'),
  lastErrorTarget: text('last_error_target'),
  lastError: text('last_error'),
})

/** Sealed by what `sealer` names; the name is `INBOX/FIELD`. */
export const secrets = sqliteTable('secrets', {
  name: text().primaryKey(),
  sealer: text().notNull(),
  sealed: blob({ mode: 'buffer' }).notNull(),
})

/** One event on its way to one target of one inbox. */
export const deliveries = sqliteTable(
  'deliveries',
  {
    id: integer().primaryKey(),
    inbox: text().notNull(),
    target: text().notNull(),
    /** The event's stream: deliveries of one stream to one target are made one after the other. */
    stream: blob({ mode: 'buffer' }).notNull(),
    eventId: blob('event_id', { mode: 'buffer' }).notNull(),
    position: integer().notNull(),
    key: blob({ mode: 'buffer' }).notNull(),
    state: integer().notNull(),
    attempts: integer().notNull(),
    due: integer().notNull(),
    /** When `due` was decided: where that lies ahead, the clock was set back since. */
    dueSetAt: integer('due_set_at').notNull(),
    createdAt: integer('created_at').notNull(),
    endedAt: integer('ended_at'),
    detail: text(),
    /** Whether the inbox failed to evaluate the event: replayed, that is done again. */
    evaluation: integer('look', { mode: 'boolean' }).notNull().default(false),
    /** It waits for somebody to do something, as `detail` says. */
    held: integer({ mode: 'boolean' }).notNull().default(false),
    /** The key of the first of those that are sent as one with it, written down before the first attempt. */
    batch: blob({ mode: 'buffer' }),
  },
  (table) => [
    uniqueIndex('deliveries_key').on(table.key),
    index('deliveries_waiting').on(table.inbox, table.target, table.stream, table.id).where(sql`state = 0`),
    index('deliveries_order').on(table.inbox, table.target, table.id).where(sql`state = 0`),
    index('deliveries_dead').on(table.inbox, table.id).where(sql`state = 3`),
    index('deliveries_inbox').on(table.inbox, table.id),
  ],
)

/** Every attempt that did not work, and the one that ended the delivery after those. */
export const attempts = sqliteTable(
  'attempts',
  {
    delivery: integer().notNull(),
    number: integer().notNull(),
    at: integer().notNull(),
    millis: integer().notNull(),
    outcome: text().notNull(),
    detail: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.delivery, table.at, table.number] })],
)

/** What came of deliveries, by the minute they ended in. */
export const minutes = sqliteTable(
  'minutes',
  {
    inbox: text().notNull(),
    minute: integer().notNull(),
    done: integer().notNull(),
    failed: integer().notNull(),
    dead: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.inbox, table.minute] })],
)

/** The in-app inbox: one row an issue, with the events on it that the person was not shown yet. */
export const notices = sqliteTable(
  'notices',
  {
    id: integer().primaryKey(),
    /** The stream: an issue's, or that of whatever else a change had no effect on. */
    issue: blob({ mode: 'buffer' }).notNull(),
    reason: text().notNull(),
    /** 0 unread, 1 read, 2 done. */
    state: integer().notNull(),
    snoozedUntil: integer('snoozed_until'),
    events: integer().notNull(),
    latestEvent: blob('latest_event', { mode: 'buffer' }).notNull(),
    latestPosition: integer('latest_position').notNull(),
    latestAt: integer('latest_at').notNull(),
    text: text(),
  },
  (table) => [
    uniqueIndex('notices_issue').on(table.issue),
    index('notices_latest').on(table.state, table.latestPosition),
  ],
)

/** Occasions of time-based rules that were acted on, so that they are not acted on again. */
export const occasions = sqliteTable('occasions', { key: text().primaryKey(), at: integer().notNull() })

/** How far the log had arrived by when, at most an hour apart: what was synced came here by then. */
export const arrivals = sqliteTable('arrivals', {
  position: integer().primaryKey(),
  at: integer().notNull(),
})

/** One row a time-based rule that was evaluated: since when it is as it was then, and with how many issues it is held. */
export const evaluatedRules = sqliteTable('rule_looks', {
  rule: text().primaryKey(),
  /** The rule's own `since` once an evaluation of it was not held; NULL before. */
  passed: integer(),
  held: integer().notNull().default(0),
  heldAt: integer('held_at'),
})

/** One row a target that is left alone, or that its receiver switched off. */
export const targets = sqliteTable(
  'targets',
  {
    inbox: text().notNull(),
    target: text().notNull(),
    /** Until when its receiver asked to be left alone, and when it did. */
    closedUntil: integer('closed_until'),
    closedAt: integer('closed_at'),
    /** When its receiver said that it is gone for good; NULL where it did not. */
    goneAt: integer('gone_at'),
    why: text(),
  },
  (table) => [primaryKey({ columns: [table.inbox, table.target] })],
)

/** Files of user inboxes whose content a person trusts. */
export const trusted = sqliteTable('trusted', {
  file: text().primaryKey(),
  hash: text().notNull(),
  at: integer().notNull(),
})

/** Places of the sync server up to which this copy has everything; thinned out the further back they lie. */
export const syncCursors = sqliteTable('sync_cursors', {
  seq: integer().primaryKey(),
  mark: text().notNull(),
})

/** What sync remembers beside that, by name, as JSON. */
export const syncState = sqliteTable('sync_state', { name: text().primaryKey(), value: text().notNull() })
