import { z } from 'zod'

export const stateCategories = ['todo', 'doing', 'done', 'cancelled'] as const
export const stateCategory = z.enum(stateCategories)
/** What a state means to charts and filters, whatever a workflow calls it. */
export type StateCategory = z.infer<typeof stateCategory>

const name = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be snake_case, at most 40 characters')

export const statusId = name
export const transitionName = name

/** The states an issue can be in and the transitions between them, as data: what the issue machine is built from. */
export const workflow = z
  .object({
    id: z.string().min(1),
    initial: statusId,
    states: z.array(z.object({ id: statusId, name: z.string().min(1), category: stateCategory })).min(1),
    transitions: z.array(
      z.object({
        name: transitionName,
        label: z.string().min(1),
        from: z.array(statusId).min(1),
        to: statusId,
      }),
    ),
  })
  .superRefine((value, context) => {
    const known = new Set(value.states.map((state) => state.id))
    const missing = [value.initial, ...value.transitions.flatMap((t) => [...t.from, t.to])].find(
      (id) => !known.has(id),
    )
    if (missing)
      context.addIssue({ code: 'custom', message: `names the state "${missing}", which it does not define` })
  })
export type Workflow = z.infer<typeof workflow>
export type WorkflowState = Workflow['states'][number]
export type Transition = { readonly name: string; readonly label: string; readonly to: string }

/** `open → in_progress → resolved → closed`, with `stop`, `reopen`, and `close` from any open state. */
export const defaultWorkflow: Workflow = {
  id: 'default',
  initial: 'open',
  states: [
    { id: 'open', name: 'Open', category: 'todo' },
    { id: 'in_progress', name: 'In progress', category: 'doing' },
    { id: 'resolved', name: 'Resolved', category: 'done' },
    { id: 'closed', name: 'Closed', category: 'done' },
  ],
  transitions: [
    { name: 'start', label: 'Start', from: ['open'], to: 'in_progress' },
    { name: 'stop', label: 'Stop', from: ['in_progress'], to: 'open' },
    { name: 'resolve', label: 'Resolve', from: ['in_progress'], to: 'resolved' },
    { name: 'close', label: 'Close', from: ['open', 'in_progress', 'resolved'], to: 'closed' },
    { name: 'reopen', label: 'Reopen', from: ['resolved', 'closed'], to: 'open' },
  ],
}

/** Whether an issue in that state is open: neither done nor cancelled. */
export const isOpenIn = (of: Workflow, status: string): boolean =>
  /^(todo|doing)$/.test(categoryOf(of, status))

/** The category of a state; a state that the workflow no longer defines counts as `todo`, so that nothing is hidden. */
export function categoryOf(of: Workflow, status: string): StateCategory {
  return of.states.find((state) => state.id === status)?.category ?? 'todo'
}
