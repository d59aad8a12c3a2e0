import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { describeTrouble } from './describe-error.ts'
import { openServerDatabase } from './open-database.ts'

it('a statement that failed is logged with the database’s code, and without what was in it', async () => {
  const database = await openServerDatabase({ at: { data: 'memory://' } })
  const failed = await database.orm
    .execute(sql`SELECT ${'a secret'}::integer`)
    .catch((error: unknown) => error)
  expect(String(failed)).toContain('a secret')
  expect(describeTrouble(failed)).toBe('22P02: SELECT $1::integer')
  await database.close()
})

it('a parser’s words, which quote what it read, are left out', () => {
  const parse = (): unknown => JSON.parse('a secret')
  expect(parse).toThrow(/a secret/)
  try {
    parse()
  } catch (error) {
    expect(describeTrouble(error)).toBe('SyntaxError')
  }
  expect(describeTrouble(new Error('connection lost'))).toBe('connection lost')
})
