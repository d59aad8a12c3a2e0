import { eq } from 'drizzle-orm'
import type { InboxDatabase } from './open-store.ts'
import { trusted } from './schema.ts'

/** Names that the folder itself calls trusted: earlier versions wrote that there, and it counts for nothing, since it travels with the folder. */
export const formerlyTrusted = ({ orm }: InboxDatabase): ReadonlySet<string> =>
  new Set(
    orm
      .select({ file: trusted.file })
      .from(trusted)
      .all()
      .map(({ file }) => file),
  )

/** A name that the folder called trusted, taken out once somebody decided about it here. */
export function forgetFormerTrust({ orm }: InboxDatabase, name: string): void {
  orm.delete(trusted).where(eq(trusted.file, name)).run()
}
