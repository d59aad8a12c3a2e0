import type { Statement } from 'better-sqlite3'
import type { SQL } from 'drizzle-orm'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import { LRUCache } from 'lru-cache'
import type { ReadDatabase } from './open-database.ts'

/** Shapes of query that are kept prepared. */
const kept = 200

const dialect = new SQLiteSyncDialect()

/** Runs queries that drizzle built. */
export type StatementCache = {
  all(query: SQL): unknown[]
  get(query: SQL): unknown
  /** SQLite's plan of a query, a line a step. */
  plan(query: SQL): string[]
}

/** Each shape of query prepared once and remembered by its text: people ask for the same few shapes with other values. */
export function statementCache(database: ReadDatabase): StatementCache {
  const statements = new LRUCache<string, Statement>({ max: kept })

  function prepared(query: SQL): { statement: Statement; params: unknown[] } {
    const { sql, params } = dialect.sqlToQuery(query)
    let statement = statements.get(sql)
    if (!statement) {
      statement = database.client.prepare(sql)
      statements.set(sql, statement)
    }
    return { statement, params }
  }

  return {
    all(query) {
      const { statement, params } = prepared(query)
      return statement.all(...params)
    },
    get(query) {
      const { statement, params } = prepared(query)
      return statement.get(...params)
    },
    plan(query) {
      const { sql, params } = dialect.sqlToQuery(query)
      const steps = database.client.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...params) as {
        detail: string
      }[]
      return steps.map((step) => step.detail)
    },
  }
}
