import { sql } from 'drizzle-orm'
import {
  blob,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'

/**
 * Two kinds of table share the file, because they are written in one transaction: the log (events and the surrogates that keep it
 * small), which is never rewritten, and the projections, which `rebuild` can make again from the log at any time.
 * Times are milliseconds since 1970, ids inside the file are small integers, UUIDs are 16 bytes.
 */

// The log ------------------------------------------------------------------------------------------------------------

/** Every stream that an event names, actors (members' streams) included; by id and type, for somebody may use one id for two things. */
export const streams = sqliteTable(
  'streams',
  {
    id: integer().primaryKey(),
    uuid: blob({ mode: 'buffer' }).notNull(),
    type: text().notNull(),
  },
  (table) => [uniqueIndex('streams_uuid_type').on(table.uuid, table.type)],
)

export const eventTypes = sqliteTable('event_types', {
  id: integer().primaryKey(),
  name: text().notNull().unique(),
})

/**
 * One hash chain a replica, with its head; the head is written with the events, in the same transaction. A restored copy that went on under its
 * old name leaves a fork: two chains of one replica, the one going on from a place of the other.
 */
export const chains = sqliteTable('chains', {
  id: integer().primaryKey(),
  /** What the chain is called wherever it goes: the replica's id, or a fork's own. */
  key: blob({ mode: 'buffer' }).notNull().unique(),
  /** As the hashes of its events name it. */
  replica: blob({ mode: 'buffer' }).notNull(),
  /** The chain and the place that it goes on from; NULL where it begins by itself. */
  forkOf: integer('fork_of'),
  forkSeq: integer('fork_seq'),
  /** Whether this copy of the workspace appends to it. */
  own: integer({ mode: 'boolean' }).notNull(),
  /** Whether this copy or an earlier life of it wrote it: those it pushes. */
  ours: integer({ mode: 'boolean' }).notNull().default(false),
  lastSeq: integer('last_seq').notNull(),
  lastHash: blob('last_hash', { mode: 'buffer' }).notNull(),
  lastHlc: integer('last_hlc').notNull(),
  /** When the last event that was not imported happened, as recorded; NULL where none was since this is kept. */
  lastAt: integer('last_at'),
})

export const events = sqliteTable(
  'events',
  {
    position: integer().primaryKey(),
    id: blob({ mode: 'buffer' }).notNull(),
    streamId: integer('stream_id').notNull(),
    streamVersion: integer('stream_version').notNull(),
    typeId: integer('type_id').notNull(),
    schemaVersion: integer('schema_version').notNull(),
    actorId: integer('actor_id').notNull(),
    chainId: integer('chain_id').notNull(),
    replicaSeq: integer('replica_seq').notNull(),
    hlc: integer().notNull(),
    occurredAt: integer('occurred_at').notNull(),
    /** How it came to this replica, which the hash does not cover: 0 recorded here, 1 imported, 2 synced; 4 more where it is looked at whole whenever it is read. */
    origin: integer().notNull(),
    /** 1 for events that no feed showed when they were recorded. Written as ever, read by nobody: `shown-types.ts` says what feeds show. */
    quiet: integer().notNull(),
    hash: blob({ mode: 'buffer' }).notNull(),
    /** Canonical JSON; NULL where it is not here. */
    data: text(),
    /** Canonical JSON; NULL for the commonest, `{"triggeredBy":"manual"}`, and where it is not here. */
    metadata: text(),
    /** Kept only while the payload is not here; else it is computed from the payload. */
    payloadHash: blob('payload_hash', { mode: 'buffer' }),
    /**
     * 1, 2 … where other replicas recorded the same event too (a rule that several run by the clock) and theirs came here before: kept for its
     * chain, folded once, shown once.
     */
    copy: integer().notNull().default(0),
  },
  (table) => [
    uniqueIndex('events_id').on(table.id, table.copy),
    uniqueIndex('events_stream_version').on(table.streamId, table.streamVersion),
    // Those that are not folded yet, or are looked at whenever they are read.
    index('events_waiting').on(table.streamId).where(sql`(origin > 3 OR data IS NULL)`),
    // The rowid (`position`) ends every index entry, so these are (…, occurred_at, position).
    index('events_feed').on(table.occurredAt),
    index('events_feed_stream').on(table.streamId, table.occurredAt),
    index('events_feed_actor').on(table.actorId, table.occurredAt),
    // Whatever the history strip counts, in the order of time: which issue, of what type, and whether a rule did it.
    index('events_activity').on(
      table.occurredAt,
      table.streamId,
      table.typeId,
      sql`metadata GLOB '*"triggeredBy":"automation"*'`,
    ),
  ],
)

/** Events whose clock was further ahead of the server's than it should be. */
export const aheadEvents = sqliteTable('ahead_events', {
  position: integer().primaryKey(),
  millis: integer().notNull(),
})

/** Events at which a chain's clock jumped by more than a day, each with the event of the chain that shows it. */
export const clockJumps = sqliteTable('clock_jumps', {
  position: integer().primaryKey(),
  /** Position of the event that it is held against: the one before where the clock went back, a later one where it had been ahead. */
  against: integer().notNull(),
})

/**
 * What each `times_corrected` event does to which rows: a range of a chain's places and the milliseconds to add. Chain 0 where it does nothing: its
 * author may not, or the chain is not here yet. Worked out anew from the events whenever one arrives.
 */
export const timeCorrections = sqliteTable(
  'time_corrections',
  {
    /** Of the `times_corrected` event. */
    position: integer().notNull(),
    chainId: integer('chain_id').notNull(),
    fromSeq: integer('from_seq').notNull(),
    toSeq: integer('to_seq').notNull(),
    byMillis: integer('by_millis').notNull(),
  },
  (table) => [primaryKey({ columns: [table.position, table.chainId, table.fromSeq] })],
)

/** When events happened whose recorded time was corrected since. Feeds are merged from these and from `events`. */
export const correctedTimes = sqliteTable(
  'corrected_times',
  {
    position: integer().primaryKey(),
    at: integer().notNull(),
    streamId: integer('stream_id').notNull(),
    actorId: integer('actor_id').notNull(),
  },
  (table) => [
    index('corrected_times_at').on(table.at),
    index('corrected_times_stream').on(table.streamId, table.at),
    index('corrected_times_actor').on(table.actorId, table.at),
  ],
)

/** The folded state of a long stream at a version, so that reading it never replays everything. */
export const snapshots = sqliteTable(
  'snapshots',
  {
    streamId: integer('stream_id').notNull(),
    version: integer().notNull(),
    /** The newest `occurred_at` folded in: the snapshot serves "as of T" where this is not after T. */
    newest: integer().notNull(),
    /** The last place in the total order that is folded in, as JSON: what belongs before it makes the snapshot void. */
    place: text().notNull(),
    state: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.streamId, table.version] })],
)

/** Names and values of the file itself: workspace id, key prefix. */
export const settings = sqliteTable('settings', {
  name: text().primaryKey(),
  value: text().notNull(),
})

// Projections --------------------------------------------------------------------------------------------------------

export const issues = sqliteTable(
  'issues',
  {
    /** The stream's id. */
    id: integer().primaryKey(),
    number: integer(),
    status: text().notNull(),
    /** 1 while the status is of category todo or doing. */
    open: integer().notNull(),
    archived: integer().notNull(),
    /** 0 none … 4 urgent. */
    priority: integer().notNull(),
    dueDate: text('due_date'),
    /** The stream of the project that it is in. */
    project: integer(),
    estimate: real(),
    authorId: integer('author_id').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    comments: integer().notNull(),
    title: text().notNull(),
    /** What titles are put in order by: `titleOrder` of the title. */
    titleOrder: text('title_order').notNull(),
    /** Last, so that reading a list never touches a long text's pages. */
    description: text().notNull(),
  },
  (table) => [
    // Two replicas may have given one number while apart, until the server gives one of them another.
    index('issues_number').on(table.number),
    // One index a sort (but for comments: it would move with every comment), each ending in the rowid. The two commonest hold what lists mostly ask for, so that a walk along them
    // looks at no row that it does not show. Only `updated_at` moves often.
    index('issues_updated').on(
      table.updatedAt,
      table.id,
      table.status,
      table.open,
      table.archived,
      table.priority,
    ),
    index('issues_created').on(
      table.createdAt,
      table.id,
      table.status,
      table.open,
      table.archived,
      table.priority,
    ),
    index('issues_priority').on(table.priority, table.id, table.status, table.open, table.archived),
    index('issues_due').on(sql`coalesce(due_date, '~')`),
    index('issues_due_down').on(sql`coalesce(due_date, '')`),
    index('issues_title').on(table.titleOrder),
    index('issues_status').on(table.status),
    index('issues_project').on(table.project),
  ],
)

export const issueAssignees = sqliteTable(
  'issue_assignees',
  { issueId: integer('issue_id').notNull(), memberId: integer('member_id').notNull() },
  (table) => [
    primaryKey({ columns: [table.memberId, table.issueId] }),
    index('issue_assignees_issue').on(table.issueId),
  ],
)

export const issueLabels = sqliteTable(
  'issue_labels',
  { issueId: integer('issue_id').notNull(), labelId: integer('label_id').notNull() },
  (table) => [
    primaryKey({ columns: [table.labelId, table.issueId] }),
    index('issue_labels_issue').on(table.issueId),
  ],
)

export const issueLinks = sqliteTable(
  'issue_links',
  { source: integer().notNull(), kind: text().notNull(), target: integer().notNull() },
  (table) => [
    primaryKey({ columns: [table.source, table.kind, table.target] }),
    index('issue_links_target').on(table.target),
  ],
)

/** Keys that keep resolving: all that it had in another tracker, lower case, and those before a server gave a number: `#41` and `~4f7k`. The oldest issue has it. */
export const issueKeys = sqliteTable(
  'issue_keys',
  { key: text().notNull(), issueId: integer('issue_id').notNull() },
  (table) => [primaryKey({ columns: [table.key, table.issueId] })],
)

export const labels = sqliteTable('labels', {
  id: integer().primaryKey(),
  name: text().notNull(),
  colour: text().notNull(),
})

export const projects = sqliteTable('projects', {
  id: integer().primaryKey(),
  name: text().notNull(),
})

export const members = sqliteTable('members', {
  id: integer().primaryKey(),
  name: text().notNull(),
  handle: text().notNull(),
  email: text(),
})

/** Automation rules that were not removed. */
export const rules = sqliteTable('rules', {
  /** The stream's id. */
  id: integer().primaryKey(),
  enabled: integer({ mode: 'boolean' }).notNull(),
  /** When it was added, changed or enabled last. */
  since: integer().notNull(),
  /** The rule as JSON. */
  definition: text().notNull(),
})

/** Only comments that are not as they were written: where the body is now, and whether it is gone. */
export const changedComments = sqliteTable('changed_comments', {
  /** Position of the `commented` event. */
  position: integer().primaryKey(),
  bodyPosition: integer('body_position').notNull(),
  editedAt: integer('edited_at'),
  deleted: integer().notNull(),
})

/** Events that stay in the history and have no effect. */
export const supersededEvents = sqliteTable('superseded_events', {
  position: integer().primaryKey(),
  /** Position of the event that came first, where one did. */
  by: integer(),
})

/** Of events that several replicas recorded, every one but the first in total order: feeds leave them out. */
export const repeatedEvents = sqliteTable('repeated_events', { position: integer().primaryKey() })

/** Pairs of changes of one thing of which one has no effect: of an issue, a label, a project, a member, a rule or the workspace. */
export const conflicts = sqliteTable(
  'conflicts',
  {
    streamId: integer('stream_id').notNull(),
    /** `FIELD LOST WON`, the same on every replica. */
    key: text().notNull(),
    field: text().notNull(),
    of: text(),
    /** Positions. */
    lost: integer().notNull(),
    won: integer().notNull(),
    /** When the later of the two happened: what lists are ordered by. */
    at: integer().notNull(),
    settled: text(),
    settledBy: integer('settled_by'),
    settledAt: integer('settled_at'),
  },
  (table) => [
    primaryKey({ columns: [table.streamId, table.key] }),
    index('conflicts_open').on(table.at).where(sql`settled IS NULL`),
    index('conflicts_at').on(table.at),
  ],
)

/** How many issues that are not archived there are: over all (facet 0), by label (1), by assignee (2), by project (3); each by status. */
export const issueCounts = sqliteTable(
  'issue_counts',
  {
    facet: integer().notNull(),
    ref: integer().notNull(),
    status: text().notNull(),
    count: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.facet, table.ref, table.status] })],
)

// Asynchronous projections -------------------------------------------------------------------------------------------

/** How far an asynchronous projection is. */
export const checkpoints = sqliteTable('checkpoints', {
  name: text().primaryKey(),
  position: integer().notNull(),
})

/** Events by hour and kind, of the whole workspace (actor 0) and of each actor, for the history strip. */
export const activity = sqliteTable(
  'activity',
  {
    actorId: integer('actor_id').notNull(),
    hour: integer().notNull(),
    kind: integer().notNull(),
    count: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.actorId, table.hour, table.kind] })],
)
