import { DrizzleQueryError } from 'drizzle-orm/errors'

/**
 * What went wrong, for the log: where that was a statement, its text and the database's code. Its parameters are payloads and secrets, and both
 * the database's own words and those of a JSON parser quote them.
 */
export function describeTrouble(error: unknown): string {
  if (error instanceof DrizzleQueryError) {
    const { code } = (error.cause ?? {}) as { readonly code?: unknown }
    return `${String(code ?? 'failed')}: ${error.query.replace(/\s+/g, ' ').trim()}`
  }
  if (error instanceof SyntaxError) return error.name
  return error instanceof Error ? error.message : String(error)
}
