import { conflictSettled } from './conflict-events.ts'
import {
  labelEventTypes,
  memberEventTypes,
  projectEventTypes,
  workspaceEventTypes,
} from './directory-events.ts'
import type { StreamType } from './event.ts'
import { type EventType, upcast } from './event-type.ts'
import { issueEventTypes } from './issue-events.ts'
import { ruleEventTypes } from './rules/rule-events.ts'

export type EventRegistry = {
  /** The type of that name, or `undefined` where none is registered. */
  find(name: string): EventType | undefined
  /** Every type there is, custom ones last. */
  types(): readonly EventType[]
  /** Whether an event of that type may be on a stream of that kind: each of Docket's own has one kind, but for the settling of a conflict; a custom one is at home on any. */
  belongs(name: string, stream: StreamType): boolean
  /** Adds a custom type. @throws Error when the name is taken. */
  register(type: EventType): void
  /** A stored payload at its current version; a type nobody registered comes back as it is, for it is kept, not guessed at. */
  lift(name: string, storedVersion: number, data: Record<string, unknown>): Record<string, unknown>
}

const shipped: readonly (readonly [StreamType, readonly EventType[]])[] = [
  ['issue', issueEventTypes],
  ['workspace', workspaceEventTypes],
  ['member', memberEventTypes],
  ['label', labelEventTypes],
  ['project', projectEventTypes],
  ['rule', ruleEventTypes],
]

/** All the event types that Docket ships, and room for custom ones. */
export function eventRegistry(): EventRegistry {
  const types = new Map<string, EventType>()
  const homes = new Map<string, readonly StreamType[]>()
  const register = (type: EventType): void => {
    if (types.has(type.name)) throw new Error(`event type "${type.name}" is registered already`)
    types.set(type.name, type)
  }
  for (const [stream, list] of shipped)
    for (const type of list) {
      register(type)
      homes.set(type.name, [stream])
    }
  // Whatever can be changed may be changed twice at once.
  homes.set(
    conflictSettled.name,
    shipped.map(([stream]) => stream),
  )
  return {
    find: (name) => types.get(name),
    types: () => [...types.values()],
    belongs: (name, stream) => homes.get(name)?.includes(stream) ?? true,
    register,
    lift(name, storedVersion, data) {
      const type = types.get(name)
      return type && storedVersion < type.version ? upcast(type, storedVersion, data) : data
    },
  }
}
