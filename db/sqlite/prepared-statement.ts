import { is, Param, Placeholder } from 'drizzle-orm'
import type { ReadDatabase } from './open-database.ts'

type Built = { toSQL(): { sql: string; params: unknown[] } }
type Values = Readonly<Record<string, unknown>>

/** A statement on the hottest path. */
export type PreparedStatement = {
  /** @returns how many rows were written. */
  run(values: Values): number
  /** The first column of the first row, or `undefined` where there is none. */
  value(values: Values): unknown
}

/**
 * Prepares what drizzle built, once, and binds without drizzle's walk over every parameter at each call (measured: 16 parameters
 * cost 5 µs that way, a tenth of a whole command). Only for columns that need no encoding: integers, text and bytes.
 */
export function preparedStatement(database: ReadDatabase, query: Built): PreparedStatement {
  const { sql, params } = query.toSQL()
  const statement = database.client.prepare(sql)
  if (statement.reader) statement.pluck()
  const names = params.map((param) => {
    const value = is(param, Param) ? param.value : param
    return is(value, Placeholder) ? value.name : undefined
  })
  const bound: unknown[] = [...params]
  const bind = (values: Values): unknown[] => {
    for (let at = 0; at < names.length; at++) {
      const name = names[at]
      if (name === undefined) continue
      const value = values[name]
      // A forgotten value must not be bound as the one of the call before.
      if (value === undefined) throw new Error(`no value for "${name}" in: ${sql}`)
      bound[at] = value
    }
    return bound
  }
  return {
    run: (values) => statement.run(...bind(values)).changes,
    value: (values) => statement.get(...bind(values)),
  }
}
