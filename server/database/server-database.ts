import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type * as schema from './schema.ts'

/** Either database, or a transaction on it. */
export type Orm = PgDatabase<PgQueryResultHKT, typeof schema>

/** What a transaction across workspaces may see: one device, one invite, or the list of workspaces. */
export type Across = { readonly token: string } | { readonly code: string } | { readonly admin: 'on' }

export type ServerDatabase = {
  readonly kind: 'pglite' | 'postgres'
  /** As whoever opened it, past row-level security: for what no request asks. */
  readonly orm: Orm
  /**
   * Runs a transaction that sees the rows of one workspace alone, whatever its queries say. Waits for its turn before it takes a connection: writes of
   * a workspace come one by one, as its row's lock has it anyway, so that one that hangs holds one connection. @throws ServerRefusal `unavailable`
   */
  inWorkspace<T>(workspaceId: string, kind: 'read' | 'write', run: (orm: Orm) => Promise<T>): Promise<T>
  /** Runs a transaction before it is known which workspace it is about. `token` and `code` are hashes. */
  across<T>(seen: Across, run: (orm: Orm) => Promise<T>): Promise<T>
  /** How many wait for their workspace's turn, and how many for a connection. */
  waiting(): { readonly turn: number; readonly connection: number }
  /** Runs a statement once, to know that the database answers. */
  ping(): Promise<void>
  /**
   * Makes sure that there is room for another write, on the disk where that is this machine's, and below the size that the database may have. PGlite
   * that can't begin a new piece of its log never comes back, and the process with it: it is not let get that far. @throws ServerRefusal `disk_full`
   */
  room(): Promise<void>
  /** Hears what any process notifies on a channel. Comes back by itself after the connection was lost. */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}
