import {
  addConflict,
  type ConflictField,
  type ConflictState,
  isBelieved,
  resolveConflict,
  setField,
} from '../conflicts/conflict.ts'
import type { ConflictSettled } from '../conflicts/conflict-events.ts'
import { hasAsAdded } from '../event-types/event-type-schema.ts'
import { evolveRegistered, type RegisteredType } from '../event-types/registered-type.ts'
import type { RegistrationChange } from '../event-types/registration-events.ts'
import type { RecordedEvent } from '../events/event.ts'
import type { Rule } from '../rules/rule.ts'
import type { RuleChange } from '../rules/rule-events.ts'
import { sameJson } from '../values/same-json.ts'
import type { EntityChange } from './entity-events.ts'
import { entityMadeBy, type PropertyKey, type PropertyValue, propertyChangedBy } from './kinds/entities.ts'
import type { EntityDeclaration } from './kinds/entity.ts'

/** What can happen to anything that is no issue. */
export type EntryChange = EntityChange | RuleChange | RegistrationChange | ConflictSettled

/** An event of a label, a project, a member, a rule or the workspace as a fold sees it. */
export type EntityEvent = EntryChange &
  Pick<RecordedEvent, 'id' | 'actorId' | 'occurredAt'> &
  Partial<Pick<RecordedEvent, 'metadata' | 'waiting'>>

/** A label, a project, a member, a rule or the workspace itself, folded from its events in total order. Plain JSON. */
export type EntityState = ConflictState & {
  /** Made, and not removed since. */
  exists: boolean
  /** What it is, by field; a rule that was removed keeps what it was. */
  values: { [Key in PropertyKey]?: PropertyValue } & {
    rule?: Rule
    enabled?: boolean
    event_type?: RegisteredType
  }
  /** As it was made. Two devices may make the same thing, each in its own way: the first counts. */
  made: EntityState['values']
  madeBy: string | null
  /** The event that removed it, while it is gone. */
  removedBy: string | null
  /** Events that stay in the history and never had an effect, each with the event that came first. */
  superseded: { eventId: string; by: string }[]
}

type Field = keyof EntityState['values']

const initialEntry = (): EntityState => ({
  exists: false,
  values: {},
  made: {},
  madeBy: null,
  removedBy: null,
  superseded: [],
  setBy: {},
  conflicts: [],
  settled: {},
})

function make(state: EntityState, event: EntityEvent, values: EntityState['values']): void {
  state.exists = true
  state.values = { ...values }
  state.made = values
  state.madeBy = event.id
  // What was made anew takes the place of what was removed, and may itself be overwritten unseen.
  state.setBy = state.removedBy === null ? {} : { rule: event.id }
  state.removedBy = null
}

function supersede(state: EntityState, event: EntityEvent, field: ConflictField, by: string): void {
  state.superseded.push({ eventId: event.id, by })
  addConflict(state, field, { lost: event.id, won: by })
}

/** Makes something that is there already: what this would have it be otherwise than the first did has no effect. */
function createOverExisting(
  state: EntityState,
  event: EntityEvent,
  field: Field,
  wants: EntityState['values'][Field],
): void {
  const stands = state.setBy[field] ?? state.madeBy
  const differs = !sameJson(wants, state.made[field]) && !sameJson(wants, state.values[field])
  if (differs && stands !== null && !isBelieved(event)) supersede(state, event, field, stands)
}

function change<Of extends Field>(
  state: EntityState,
  event: EntityEvent,
  field: Of,
  saw: EntityState['values'][Of],
  sets: Exclude<EntityState['values'][Of], undefined>,
): void {
  setField(state, event, field, { saw, finds: state.values[field], sets })
  state.values[field] = sets
}

/** The creation of an entity: of what can be changed later, what it says is held. */
function evolveCreation(state: EntityState, event: EntityEvent, { properties }: EntityDeclaration): void {
  const data = event.data as { readonly [Key in PropertyKey]?: string }
  const changeable = properties.filter((property) => property.change !== null)
  const held = changeable.map(({ key }) => [key, data[key as PropertyKey] ?? null])
  if (!state.exists) {
    make(state, event, Object.fromEntries(held))
    return
  }
  for (const { key, contested } of changeable)
    if (contested) createOverExisting(state, event, key as PropertyKey, data[key as PropertyKey])
}

/** A change of a rule that somebody else has removed: it has no effect, and is kept. */
function changeRemoved(state: EntityState, event: EntityEvent, field: ConflictField): void {
  if (state.removedBy !== null && !isBelieved(event)) supersede(state, event, field, state.removedBy)
}

function remove(state: EntityState, event: EntityEvent & { type: 'rule_removed' }): void {
  const { was } = event.data
  for (const field of ['rule', 'enabled'] as const) {
    const setter = state.setBy[field]
    if (was && setter !== undefined && !sameJson(was[field], state.values[field]) && !isBelieved(event))
      addConflict(state, field, { lost: setter, won: event.id })
  }
  state.exists = false
  state.removedBy = event.id
}

/** Of two registrations of one name the first counts; what a later one, or what follows it, would have otherwise has no effect. */
function evolveRegistration(state: EntityState, event: EntityEvent & RegistrationChange): void {
  const { event_type: before } = state.values
  const after = evolveRegistered(before, event)
  if (!before) {
    if (after) make(state, event, { event_type: after })
    return
  }
  const stands = state.setBy.event_type ?? state.madeBy
  if (event.type === 'event_type_registered')
    createOverExisting(state, event, 'event_type', evolveRegistered(undefined, event))
  else if (
    event.type === 'event_type_extended' &&
    after &&
    !hasAsAdded(after.schema, event.data.properties)
  ) {
    if (stands !== null && !isBelieved(event)) supersede(state, event, 'event_type', stands)
  } else if (after !== before) state.setBy.event_type = event.id
  if (after) state.values.event_type = after
}

function evolveEntry(state: EntityState, event: EntityEvent): void {
  const { exists } = state
  const made = entityMadeBy(event.type)
  if (made) evolveCreation(state, event, made)
  const changed = propertyChangedBy(event.type)
  if (changed) {
    const { from, to } = event.data as { readonly from: PropertyValue; readonly to: PropertyValue }
    change(state, event, changed.property.key as PropertyKey, from, to)
  }
  switch (event.type) {
    case 'rule_added':
      if (exists) createOverExisting(state, event, 'rule', event.data.rule)
      else make(state, event, { rule: event.data.rule, enabled: true })
      break
    case 'rule_changed':
      if (exists) change(state, event, 'rule', event.data.from, event.data.to)
      else changeRemoved(state, event, 'rule')
      break
    case 'rule_enabled':
    case 'rule_disabled': {
      const on = event.type === 'rule_enabled'
      if (exists) change(state, event, 'enabled', !on, on)
      else changeRemoved(state, event, 'enabled')
      break
    }
    case 'rule_removed':
      if (exists) remove(state, event)
      break
    case 'event_type_registered':
    case 'event_type_extended':
    case 'event_type_retired':
      evolveRegistration(state, event)
      break
    case 'conflict_settled':
      resolveConflict(state, event)
      break
    default:
      // The workflow is not changed by anybody yet; a custom type sets no field.
      break
  }
}

/** Folds the events of one label, project, member, rule or workspace, given in total order. Total; those that wait say nothing yet. */
export function foldEntry(events: Iterable<EntityEvent>): EntityState {
  const state = initialEntry()
  for (const event of events) if (event.waiting === undefined) evolveEntry(state, event)
  return state
}
