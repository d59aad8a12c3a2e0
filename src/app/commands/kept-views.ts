import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { settings } from '#db/schema.ts'
import type { WriteDatabase } from '#db/sqlite/open-database.ts'

const name = 'local.viewed'
/** The newest that are kept; nobody looks back further. */
const most = 500

const kept = z.record(z.string(), z.number())

function read(text: string | undefined): Record<string, number> {
  try {
    return kept.parse(JSON.parse(text ?? '{}'))
  } catch {
    return {}
  }
}

/** Notes beside the log when the person opened an issue last. It is in no event, and leaves this copy of the workspace with no sync and no export. */
export function keepView(database: WriteDatabase, issueId: string, now: number): void {
  const text = database.orm
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.name, name))
    .get()
  const views = Object.entries({ ...read(text?.value), [issueId]: now })
  const value = JSON.stringify(Object.fromEntries(views.sort(([, a], [, b]) => b - a).slice(0, most)))
  database.orm
    .insert(settings)
    .values({ name, value })
    .onConflictDoUpdate({ target: settings.name, set: { value } })
    .run()
}
