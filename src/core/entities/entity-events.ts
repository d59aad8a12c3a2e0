import { z } from 'zod'
import { type EventType, event } from '../events/event-type.ts'
import { ownersNoted, timesCorrected } from '../time/time-events.ts'
import { workflow } from '../workflow/workflow.ts'

const text = z.string()
export const hexColour = z.string().regex(/^#[0-9a-f]{6}$/, 'must be a colour like #5e6ad2')
/** What a person types after `@`. */
export const handle = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._/+-]{0,99}$/u, 'may have letters, digits and . _ - / + only')

export const workspaceCreated = event('workspace_created', 1, z.object({ name: text, keyPrefix: text }))
export const workspaceRenamed = event('workspace_renamed', 1, z.object({ from: text, to: text }))
/** What the workspace counts a field of issues in, from now on. */
export const unitChanged = event('unit_changed', 1, z.object({ field: text, from: text, to: text }))
export const workflowChanged = event('workflow_changed', 1, z.object({ workflow }))
export const memberJoined = event(
  'member_joined',
  1,
  z.object({ name: text, handle: text, email: text.optional() }),
)
export const memberRenamed = event('member_renamed', 1, z.object({ from: text, to: text }))
/** Where a person gets mail; `null` for nowhere. */
export const memberEmailChanged = event(
  'member_email_changed',
  1,
  z.object({ from: text.nullable(), to: text.nullable() }),
)
export const labelCreated = event('label_created', 1, z.object({ name: text, colour: hexColour }))
export const labelRenamed = event('label_renamed', 1, z.object({ from: text, to: text }))
export const labelRecoloured = event('label_recoloured', 1, z.object({ from: hexColour, to: hexColour }))
export const projectCreated = event('project_created', 1, z.object({ name: text }))
export const projectRenamed = event('project_renamed', 1, z.object({ from: text, to: text }))

export const workspaceEventTypes = [
  workspaceCreated,
  workspaceRenamed,
  unitChanged,
  workflowChanged,
  timesCorrected,
  ownersNoted,
] as const
export const memberEventTypes = [memberJoined, memberRenamed, memberEmailChanged] as const
export const labelEventTypes = [labelCreated, labelRenamed, labelRecoloured] as const
export const projectEventTypes = [projectCreated, projectRenamed] as const

export const entityEventTypes = [
  ...workspaceEventTypes,
  ...memberEventTypes,
  ...labelEventTypes,
  ...projectEventTypes,
] as const

type Of<T> =
  T extends EventType<infer Name, infer Data> ? { readonly type: Name; readonly data: Data } : never
/** What can happen to the workspace itself, its members, its labels and its projects. */
export type EntityChange = Of<(typeof entityEventTypes)[number]>
