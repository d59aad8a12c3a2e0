import { directoryEventTypes } from './directory-events.ts'
import { type EventType, upcast } from './event-type.ts'
import { issueEventTypes } from './issue-events.ts'
import { ruleEventTypes } from './rules/rule-events.ts'

export type EventRegistry = {
  /** The type of that name, or `undefined` where none is registered. */
  find(name: string): EventType | undefined
  /** Adds a custom type. @throws Error when the name is taken. */
  register(type: EventType): void
  /** A stored payload at its current version; a type nobody registered comes back as it is, for it is kept, not guessed at. */
  lift(name: string, storedVersion: number, data: Record<string, unknown>): Record<string, unknown>
}

/** All the event types that Docket ships, and room for custom ones. */
export function eventRegistry(): EventRegistry {
  const types = new Map<string, EventType>()
  const register = (type: EventType): void => {
    if (types.has(type.name)) throw new Error(`event type "${type.name}" is registered already`)
    types.set(type.name, type)
  }
  for (const type of [...issueEventTypes, ...directoryEventTypes, ...ruleEventTypes]) register(type)
  return {
    find: (name) => types.get(name),
    register,
    lift(name, storedVersion, data) {
      const type = types.get(name)
      return type && storedVersion < type.version ? upcast(type, storedVersion, data) : data
    },
  }
}
