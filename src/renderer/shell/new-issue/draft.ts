import { type Priority, priorities } from '#core/issue/fields/priority-order.ts'
import { type ReferenceField, referring } from '../../lib/reference-fields.ts'

/** What was typed for an issue that does not exist yet. */
export type Draft = {
  readonly title: string
  readonly description: string
  readonly priority: Priority
  readonly assignees: readonly string[]
  readonly labels: readonly string[]
} & { readonly [Key in ReferenceField['key']]: string | null }

const key = 'docket.new-issue'

const references = (of: Readonly<Partial<Record<string, unknown>>>) =>
  Object.fromEntries(
    referring.map(({ field }) => {
      const value = of[field.key]
      return [field.key, typeof value === 'string' ? value : null]
    }),
  ) as { readonly [Key in ReferenceField['key']]: string | null }

export const emptyDraft: Draft = {
  title: '',
  description: '',
  priority: 'none',
  assignees: [],
  labels: [],
  ...references({}),
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
      ...references(value),
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
