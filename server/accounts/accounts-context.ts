import type { ServerDatabase } from '../database/server-database.ts'

/** What every operation on accounts works with. */
export type AccountsContext = {
  readonly database: ServerDatabase
  /** Milliseconds since 1970. */
  readonly now: () => number
}
