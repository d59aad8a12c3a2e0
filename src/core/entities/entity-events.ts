import { z } from 'zod'
import { type EventType, event } from '../events/event-type.ts'
import { ownersNoted, timesCorrected } from '../time/time-events.ts'
import { workflow } from '../workflow/workflow.ts'
import { changedPropertyEvent, createdEvent } from './entity-schemas.ts'
import { entities, type PropertyChange } from './kinds/entities.ts'

const text = z.string()
/** What the workspace counts a field of issues in, from now on. */
export const unitChanged = event('unit_changed', 1, z.object({ field: text, from: text, to: text }))
export const workflowChanged = event('workflow_changed', 1, z.object({ workflow }))

/** What happens to the workspace beside its creation and its name. */
const ofWorkspace = [unitChanged, workflowChanged, timesCorrected, ownersNoted] as const

/** The events of each kind of entity, by the kind of its streams. */
export const entityEventTypes: readonly (readonly [type: string, readonly EventType[]])[] = entities.map(
  (entity) => [
    entity.type,
    [
      createdEvent(entity),
      ...entity.properties.flatMap(changedPropertyEvent),
      ...(entity.type === 'workspace' ? ofWorkspace : []),
    ],
  ],
)

type Of<T> =
  T extends EventType<infer Name, infer Data> ? { readonly type: Name; readonly data: Data } : never
/** What can happen to the workspace itself, its members, its labels and its projects. */
export type EntityChange = PropertyChange | Of<(typeof ofWorkspace)[number]>
