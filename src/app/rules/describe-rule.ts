import type { RuleAction, RuleWhen } from '#core/rules/rule.ts'
import { unreachable } from '#core/values/unreachable.ts'

/** How ids are called. */
export type RuleNames = { readonly member: (id: string) => string; readonly label: (id: string) => string }

const days = (count: number): string => `${count} day${count === 1 ? '' : 's'}`

/** When a rule is looked at, in a few words: "commented or assigned", "due in 3 days". */
export function whenWords(when: RuleWhen): string {
  switch (when.kind) {
    case 'event':
      return when.types.map((type) => type.replaceAll('_', ' ')).join(' or ')
    case 'due_in':
      return when.days === 0 ? 'due today' : `due in ${days(when.days)}`
    case 'idle':
      return `nothing happened for ${days(when.days)}`
    default:
      return unreachable(when)
  }
}

/** What an action does, in a few words: "add the label bug". */
export function actionWords(action: RuleAction, names: RuleNames): string {
  switch (action.type) {
    case 'transition':
      return `move it: ${action.transition.replaceAll('_', ' ')}`
    case 'assign':
      return `assign ${names.member(action.memberId)}`
    case 'unassign':
      return `unassign ${names.member(action.memberId)}`
    case 'label':
      return `add the label ${names.label(action.labelId)}`
    case 'unlabel':
      return `remove the label ${names.label(action.labelId)}`
    case 'comment':
      return `comment: ${action.body}`
    case 'priority':
      return action.priority === 'none' ? 'take the priority off' : `set the priority to ${action.priority}`
    case 'notify': {
      const to = typeof action.to === 'string' ? `the ${action.to}` : action.to.map(names.member).join(', ')
      return `notify ${to}: ${action.text}`
    }
    case 'webhook':
      return `send it to the webhook ${action.endpoint}`
    default:
      return unreachable(action)
  }
}
