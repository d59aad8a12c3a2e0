import type { Priority } from '#core/issue/fields/priority-order.ts'
import { priorities } from '#core/issue/fields/priority-order.ts'

/** What was typed for an issue that does not exist yet. */
export type Draft = {
  readonly title: string
  readonly description: string
  readonly priority: Priority
  readonly assignees: readonly string[]
  readonly labels: readonly string[]
  readonly project: string | null
}

const key = 'docket.new-issue'
export const emptyDraft: Draft = {
  title: '',
  description: '',
  priority: 'none',
  assignees: [],
  labels: [],
  project: null,
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []

/** The draft as it was left, whatever closed the dialog. */
export function readDraft(): Draft {
  try {
    const value: Partial<Record<keyof Draft, unknown>> = JSON.parse(sessionStorage.getItem(key) ?? '{}')
    return {
      title: typeof value.title === 'string' ? value.title : '',
      description: typeof value.description === 'string' ? value.description : '',
      priority: priorities.find((each) => each === value.priority) ?? 'none',
      assignees: texts(value.assignees),
      labels: texts(value.labels),
      project: typeof value.project === 'string' ? value.project : null,
    }
  } catch {
    return emptyDraft
  }
}

/** Keeps the draft; `null` once its issue exists. */
export function keepDraft(draft: Draft | null): void {
  try {
    if (draft) sessionStorage.setItem(key, JSON.stringify(draft))
    else sessionStorage.removeItem(key)
  } catch {
    // Storage is full or denied: the draft lives as long as the dialog.
  }
}
