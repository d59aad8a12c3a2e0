import { eq } from 'drizzle-orm'
import type { RegisteredType, RegisteredTypes } from '#core/event-types/registered-type.ts'
import { settings } from '../../schema.ts'
import type { ReadDatabase } from '../../sqlite/open-database.ts'

/** The name in `settings` of the types of events that people registered, by name, as JSON; not there where there are none. */
export const eventTypesSetting = 'workspace.event_types'

const none: RegisteredTypes = new Map()

/** The types of events that people registered, retired ones with them; the same map until one changes. */
export function registeredTypes({ orm }: Pick<ReadDatabase, 'orm'>): () => RegisteredTypes {
  const stored = orm
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.name, eventTypesSetting))
    .prepare()
  let seen: string | undefined
  let types = none
  return () => {
    const text = stored.get()?.value
    if (text === seen) return types
    seen = text
    types =
      text === undefined ? none : new Map(Object.entries(JSON.parse(text) as Record<string, RegisteredType>))
    return types
  }
}
