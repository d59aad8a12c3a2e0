import { CallError, sentenceOf } from '../../lib/queries/call-error.ts'
import type { RuleDraft } from './rule-draft.ts'

/** A part of the form: `name`, `when`, `query`, `then`, or `then.0` for one action. */
export type RuleMistake = { readonly at: string | null; readonly message: string }

/** What can be seen to be missing before the host is asked. */
export function missingIn({ name, when, then }: RuleDraft): RuleMistake | null {
  if (name.trim() === '')
    return { at: 'name', message: 'Give it a name, so that the feed can say which rule it was.' }
  if (when.kind === 'event' && when.types.length === 0)
    return { at: 'when', message: 'Choose at least one thing to wait for.' }
  if (when.kind !== 'event' && !Number.isInteger(when.days))
    return { at: 'when', message: 'Enter a number of days.' }
  if (then.length === 0) return { at: 'then', message: 'Add at least one thing to do.' }
  const empty = then.findIndex(
    (action) =>
      (action.type === 'comment' && action.body.trim() === '') ||
      (action.type === 'notify' && (action.text.trim() === '' || action.to.length === 0)) ||
      ((action.type === 'label' || action.type === 'unlabel') && action.labelId === '') ||
      (action.type === 'webhook' && action.endpoint === ''),
  )
  if (empty === -1) return null
  const missing = {
    comment: 'Write what it comments.',
    notify: 'Say whom it notifies, and what of.',
    label: 'Choose a label.',
    unlabel: 'Choose a label.',
    webhook: 'Choose an endpoint; they are set up in the settings of webhooks.',
  } as const
  const type = then[empty]?.type as keyof typeof missing
  return { at: `then.${empty}`, message: missing[type] }
}

/** The action that names this person, label or transition. */
function actionWith({ then }: RuleDraft, wanted: (action: RuleDraft['then'][number]) => boolean): string {
  const index = then.findIndex(wanted)
  return index === -1 ? 'then' : `then.${index}`
}

function partOf(path: string): string | null {
  const [first = '', second] = path.replace(/^(?:command\.)?(?:rule\.)?/, '').split('.')
  if (first === 'then') return second !== undefined && /^\d+$/.test(second) ? `then.${second}` : 'then'
  return first === 'name' || first === 'when' || first === 'query' ? first : null
}

/** The host's refusal of a rule, and where to show it. */
export function mistakeInRule(rule: RuleDraft, error: unknown): RuleMistake {
  const message = sentenceOf(error)
  if (!(error instanceof CallError)) return { at: null, message }
  const { code, details } = error
  switch (code) {
    case 'name_taken':
      return { at: 'name', message }
    case 'invalid_query':
      return { at: 'query', message }
    case 'unknown_member':
      return {
        at: actionWith(rule, (action) => JSON.stringify(action).includes(JSON.stringify(details.memberId))),
        message,
      }
    case 'unknown_label':
      return {
        at: actionWith(rule, (action) => 'labelId' in action && action.labelId === details.labelId),
        message,
      }
    case 'transition_not_allowed': {
      const allowed = Array.isArray(details.allowed) ? details.allowed : []
      return {
        at: actionWith(
          rule,
          (action) => action.type === 'transition' && !allowed.includes(action.transition),
        ),
        message,
      }
    }
    default: {
      const path = typeof details.path === 'string' ? details.path : ''
      const at = partOf(path)
      if (at === null) return { at, message }
      const bare = (
        message.startsWith(`${path}`) ? message.slice(path.length).replace(/^:?\s*/, '') : message
      )
        .replace(/\.* Nothing was changed\.$/, '')
        .replace(/\.+$/, '')
      return { at, message: `${bare.charAt(0).toUpperCase()}${bare.slice(1)}.` }
    }
  }
}
