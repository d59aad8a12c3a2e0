import { conflictSettled } from './conflicts/conflict-events.ts'
import { entityEventTypes } from './entities/entity-events.ts'
import { registrationEventTypes } from './event-types/registration-events.ts'
import { type AnyStreamType, type StreamType, streamTypes } from './events/event.ts'
import { type EventType, upcast } from './events/event-type.ts'
import { ownTypeVersion } from './events/shipped-facts.ts'
import { issueEventTypes } from './issue/issue-events.ts'
import { ruleEventTypes } from './rules/rule-events.ts'

export type EventRegistry = {
  /** The type of that name, or `undefined` where none is registered. */
  find(name: string): EventType | undefined
  /** Every type there is, custom ones last. */
  types(): readonly EventType[]
  /** Whether an event of that type may be on a stream of that kind: each of Docket's own has one kind, but for the settling of a conflict; a custom one is at home on any. */
  belongs(name: string, stream: AnyStreamType): boolean
  /**
   * Whether this Docket knows what such an event means: its kind of stream, its type and the version of its payload. What is of somebody's own type says so
   * by its version, so that it is known with its registration or without.
   */
  knows(event: EventKind): boolean
  /** Whether a known event is one that can have happened: on its type's kind of stream, with a payload of its type's shape. */
  fits(event: EventKind, data: unknown): boolean
  /** Everything that is known, sorted: a line for each kind of stream and each type with its version. */
  readonly known: readonly string[]
  /** Adds a custom type. @throws Error when the name is taken. */
  register(type: EventType): void
  /** A stored payload at its current version; a type nobody registered comes back as it is, for it is kept, not guessed at. */
  lift(name: string, storedVersion: number, data: Record<string, unknown>): Record<string, unknown>
}

/** What of an event's header says what it means. */
export type EventKind = {
  readonly streamType: AnyStreamType
  readonly type: string
  readonly schemaVersion: number
}

const shipped: readonly (readonly [AnyStreamType, readonly EventType[]])[] = [
  ['issue', issueEventTypes],
  ...entityEventTypes,
  ['rule', ruleEventTypes],
  ['event_type', registrationEventTypes],
]

/** All the event types that Docket ships, and room for custom ones. */
export function eventRegistry(): EventRegistry {
  const types = new Map<string, EventType>()
  const homes = new Map<string, readonly AnyStreamType[]>()
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
  const isKind = (stream: AnyStreamType): stream is StreamType =>
    streamTypes.some((candidate) => candidate === stream)
  /** Whether an event is of a type of somebody's own: it happens to an issue, and says what its registration says. */
  const isOwn = ({ streamType, type, schemaVersion }: EventKind): boolean =>
    schemaVersion === ownTypeVersion && streamType === 'issue' && !types.has(type)
  const lift = (name: string, storedVersion: number, data: Record<string, unknown>) => {
    const type = types.get(name)
    return type && storedVersion < type.version ? upcast(type, storedVersion, data) : data
  }
  const belongs = (name: string, stream: AnyStreamType): boolean =>
    homes.get(name)?.some((home) => home === stream) ?? true
  return {
    find: (name) => types.get(name),
    types: () => [...types.values()],
    belongs,
    register,
    lift,
    knows(kind) {
      const { streamType, type, schemaVersion } = kind
      const known = types.get(type)
      if (isOwn(kind)) return true
      return known !== undefined && schemaVersion <= known.version && isKind(streamType)
    },
    fits(kind, data) {
      const { streamType, type, schemaVersion } = kind
      if (typeof data !== 'object' || data === null || Array.isArray(data) || !belongs(type, streamType))
        return false
      try {
        if (isOwn(kind)) return true
        const lifted = lift(type, schemaVersion, data as Record<string, unknown>)
        return types.get(type)?.schema.safeParse(lifted).success === true
      } catch {
        // A payload that breaks its upcaster, or is nested deeper than the stack is.
        return false
      }
    },
    get known() {
      const named = [...types.values()].map(({ name, version }) => `${name} ${version}`)
      return [...streamTypes.map((stream) => `stream ${stream}`), ...named].sort()
    },
  }
}
