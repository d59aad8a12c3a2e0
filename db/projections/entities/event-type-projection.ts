import canonicalize from 'canonicalize'
import { eq, sql } from 'drizzle-orm'
import { evolveRegistered, type RegisteredType } from '#core/event-types/registered-type.ts'
import { type RegistrationChange, registrationEventTypes } from '#core/event-types/registration-events.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { eventTypesSetting } from '../../log/read/registered-types.ts'
import { deriveId } from '../../log/rows/derived-id.ts'
import { settings } from '../../schema.ts'
import type { WriteDatabase } from '../../sqlite/open-database.ts'

/** The stream of a type of event: the same on every replica, so that two registrations of one name meet. */
export const eventTypeIdOf = (name: string): string => deriveId('event_type', name)

const p = sql.placeholder
const registrationNames: ReadonlySet<string> = new Set(registrationEventTypes.map(({ name }) => name))
const isRegistration = (event: RecordedEvent): event is RecordedEvent & RegistrationChange =>
  registrationNames.has(event.type)

/** Whether an event is on the stream of the name that it speaks of; what is elsewhere, by whatever hand, counts for nothing. */
export const isAtHome = (event: RecordedEvent): boolean =>
  !isRegistration(event) || (!event.waiting && eventTypeIdOf(event.data.name) === event.streamId)

/** Keeps the types of events that people registered, one setting for all: few, and read whole. Inside the append's transaction. */
export function eventTypeProjection({ orm }: Pick<WriteDatabase, 'orm'>): {
  apply(event: RecordedEvent): undefined
  /** Forgets the type of a stream, before its events are applied again. */
  forget(streamId: string): undefined
} {
  const stored = orm
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.name, eventTypesSetting))
    .prepare()
  const put = orm
    .insert(settings)
    .values({ name: eventTypesSetting, value: p('value') })
    .onConflictDoUpdate({ target: settings.name, set: { value: sql`excluded.value` } })
    .prepare()
  const drop = orm.delete(settings).where(eq(settings.name, eventTypesSetting)).prepare()
  const read = (): Record<string, RegisteredType> => JSON.parse(stored.get()?.value ?? '{}')

  function write(types: Record<string, RegisteredType>): undefined {
    if (Object.keys(types).length === 0) drop.run()
    else put.run({ value: canonicalize(types) })
  }

  return {
    apply(event) {
      if (event.waiting || !isRegistration(event) || !isAtHome(event)) return undefined
      const types = read()
      const { name } = event.data
      const before = Object.hasOwn(types, name) ? types[name] : undefined
      const after = evolveRegistered(before, event)
      return after && after !== before ? write({ ...types, [name]: after }) : undefined
    },
    forget(streamId) {
      const kept = Object.entries(read()).filter(([name]) => eventTypeIdOf(name) !== streamId)
      return write(Object.fromEntries(kept))
    },
  }
}
