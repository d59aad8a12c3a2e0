import type { InboxField } from '#contract/answers/inbox-answers.ts'
import type { PlainField, Settings } from './inbox-draft.ts'
import { itemsOf } from './inbox-draft.ts'

/** What is wrong with a form. */
export type Mistake = {
  /** The field that it is shown at: `host`, `endpoints.0.url`, a secret by its name; `null` where it is about the whole. */
  readonly at: string | null
  readonly message: string
}

/** The field of the form that a path in the settings leads to; `null` where there is none. */
function fieldAt(form: readonly InboxField[], path: string): string | null {
  const [first = '', index, inner] = path.split('.')
  const field = form.find(({ name }) => name === first)
  if (!field) return null
  if (field.kind !== 'items' || index === undefined) return first
  const known = field.fields.some(({ name }) => name === inner)
  return known ? `${first}.${index}.${inner}` : `${first}.${index}`
}

const sentence = (text: string): string => {
  const bare = text.trim().replace(/\.+$/, '')
  return `${bare.charAt(0).toUpperCase()}${bare.slice(1)}.`
}

/**
 * The host's refusal of settings, and where to show it.
 * @param path `details.path` of the refusal. What the message repeats of it is left out: the field says where.
 */
export function mistakeOf(form: readonly InboxField[], message: string, path: unknown): Mistake {
  if (typeof path !== 'string' || path === '') {
    return { at: null, message: sentence(message.replace(/^The settings: /, '')) }
  }
  const secret = /^secrets\.(.+)$/.exec(path)?.[1]
  const at = secret ?? fieldAt(form, path.replace(/^settings\./, ''))
  if (at === null) return { at: null, message }
  const rest = message.startsWith(path) ? message.slice(path.length).replace(/^:?\s*/, '') : message
  return { at, message: sentence(rest.replace(/ Nothing was changed\.$/, '')) }
}

/** What can be seen to be wrong before the host is asked: a number that is none, or out of its range. */
export function mistakeBefore(form: readonly InboxField[], settings: Settings): Mistake | null {
  const numbers = (fields: readonly PlainField[], values: Settings, before: string) =>
    fields.flatMap((field): Mistake[] => {
      if (field.kind !== 'number') return []
      const value = values[field.name]
      if (typeof value === 'number' && value >= field.min && value <= field.max) return []
      const range = `${field.min.toLocaleString()} to ${field.max.toLocaleString()}`
      return [{ at: `${before}${field.name}`, message: `Enter a number from ${range}.` }]
    })
  const found = form.flatMap((field) =>
    field.kind === 'items'
      ? itemsOf(settings, field).flatMap((item, index) =>
          numbers(field.fields, item, `${field.name}.${index}.`),
        )
      : numbers([field], settings, ''),
  )
  return found[0] ?? null
}
