import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'

// What the sync server keeps. Times are milliseconds since 1970; hashes are lower-case hexadecimal; codes and tokens are there as SHA-256 alone.

const millis = (name: string) => bigint(name, { mode: 'number' })
const bytes = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' })

export const workspaces = pgTable('workspaces', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  /** The stream of the workspace's own events, once somebody brought one. */
  historyId: uuid('history_id'),
  createdAt: millis('created_at').notNull(),
  /** The end of the server's order, moved under this row's lock: places come without a gap and in the order of their commits. */
  lastSeq: bigint('last_seq', { mode: 'number' }).notNull().default(0),
  lastMark: text('last_mark').notNull(),
  lastNumber: integer('last_number').notNull().default(0),
  /** 0 where nothing is encrypted. */
  key: integer().notNull().default(0),
  /** Somebody who had the newest key is gone. */
  needsKey: boolean('needs_key').notNull().default(false),
  /** Seals what the server itself records, so that clients can bring it back. */
  secret: text().notNull(),
})

export const members = pgTable(
  'members',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid().notNull(),
    name: text().notNull(),
    role: text().notNull(),
    joinedAt: millis('joined_at').notNull(),
    removedAt: millis('removed_at'),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
)

/** Who somebody was on a copy of their own before they joined as a member who was there already. */
export const aliases = pgTable(
  'aliases',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid().notNull(),
    memberId: uuid('member_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
)

/** One token a device. */
export const devices = pgTable(
  'devices',
  {
    id: uuid().primaryKey(),
    workspaceId: uuid('workspace_id').notNull(),
    memberId: uuid('member_id').notNull(),
    name: text().notNull(),
    tokenHash: text('token_hash').notNull(),
    publicKey: text('public_key'),
    proof: text(),
    createdAt: millis('created_at').notNull(),
    seenAt: millis('seen_at'),
    revokedAt: millis('revoked_at'),
  },
  (table) => [uniqueIndex('devices_token').on(table.tokenHash)],
)

export const invites = pgTable(
  'invites',
  {
    id: uuid().primaryKey(),
    workspaceId: uuid('workspace_id').notNull(),
    codeHash: text('code_hash').notNull(),
    role: text().notNull(),
    memberId: uuid('member_id'),
    /** The member who made it; absent where an administrator did. */
    createdBy: uuid('created_by'),
    /** The device that took it, and the secret that it did so with: asked again with that, it gets in again. */
    usedBy: uuid('used_by'),
    attemptHash: text('attempt_hash'),
    createdAt: millis('created_at').notNull(),
    expiresAt: millis('expires_at').notNull(),
    usedAt: millis('used_at'),
  },
  (table) => [uniqueIndex('invites_code').on(table.codeHash)],
)

export const chains = pgTable(
  'chains',
  {
    workspaceId: uuid('workspace_id').notNull(),
    chain: uuid().notNull(),
    replicaId: uuid('replica_id').notNull(),
    forkChain: uuid('fork_chain'),
    forkSeq: integer('fork_seq'),
    /** Whose chain it is; the server's own have none. */
    memberId: uuid('member_id'),
    lastSeq: integer('last_seq').notNull(),
    lastHash: text('last_hash').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.chain] })],
)

/** Partitioned by workspace in the migration: drizzle has no word for that. */
export const events = pgTable(
  'events',
  {
    workspaceId: uuid('workspace_id').notNull(),
    seq: bigint({ mode: 'number' }).notNull(),
    chain: uuid().notNull(),
    replicaSeq: integer('replica_seq').notNull(),
    id: uuid().notNull(),
    streamType: text('stream_type').notNull(),
    streamId: uuid('stream_id').notNull(),
    type: text().notNull(),
    schemaVersion: integer('schema_version').notNull(),
    actorId: uuid('actor_id').notNull(),
    hlc: bigint({ mode: 'number' }).notNull(),
    occurredAt: millis('occurred_at').notNull(),
    hash: text().notNull(),
    mark: text().notNull(),
    data: text(),
    metadata: text(),
    sealed: text(),
    key: integer(),
    payloadHash: text('payload_hash'),
    imported: boolean(),
    number: integer(),
    aheadMillis: bigint('ahead_millis', { mode: 'number' }),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.seq] }),
    uniqueIndex('events_chain').on(table.workspaceId, table.chain, table.replicaSeq),
    index('events_id').on(table.workspaceId, table.id),
    index('events_actor').on(table.workspaceId, table.actorId),
  ],
)

export const issueNumbers = pgTable(
  'issue_numbers',
  {
    workspaceId: uuid('workspace_id').notNull(),
    number: integer().notNull(),
    streamId: uuid('stream_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.number] })],
)

/** Each earlier workspace key, sealed with the one after it. */
export const keyLadder = pgTable(
  'key_ladder',
  {
    workspaceId: uuid('workspace_id').notNull(),
    key: integer().notNull(),
    sealed: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.key] })],
)

/** The newest key, sealed for a device. */
export const keyBoxes = pgTable('key_boxes', {
  deviceId: uuid('device_id').primaryKey(),
  key: integer().notNull(),
  box: text().notNull(),
})

/** The last word of each device on what its copy's state comes to. */
export const digests = pgTable(
  'digests',
  {
    workspaceId: uuid('workspace_id').notNull(),
    deviceId: uuid('device_id').notNull(),
    seq: bigint({ mode: 'number' }).notNull(),
    digest: text().notNull(),
    events: integer().notNull(),
    /** What the state was folded with; NULL from a Docket that does not say, which folds as the first release does. */
    fold: text(),
    at: millis('at').notNull(),
    evidence: bytes(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.deviceId] })],
)
