import type { RuleView } from '#contract/answers/rule-answers.ts'
import type { WindowCommand } from '../../lib/queries/optimistic.ts'
import type { ShownWorkspace } from '../../lib/workspace.tsx'

type RuleInput = Extract<WindowCommand, { type: 'add_rule' }>['rule']
/** The texts of an action, of which the contract says only that they are checked. */
type WithTexts<Action> = Action extends object
  ? { [Name in keyof Action]: unknown extends Action[Name] ? string : Action[Name] }
  : never
export type WhenDraft = RuleInput['when']
export type ActionDraft = WithTexts<RuleInput['then'][number]>
/** A rule as it is written in the window; the host checks it. */
export type RuleDraft = Omit<RuleInput, 'then'> & { then: ActionDraft[] }
export type ActionType = ActionDraft['type']

/** The most actions that a rule may have. */
export const mostActions = 10

export const draftKey = (ruleId: string): string => `rule ${ruleId}`

export const emptyRule: RuleDraft = {
  name: '',
  when: { kind: 'event', types: ['created'] },
  query: 'is:open',
  then: [],
}

export const draftOf = ({ rule }: RuleView): RuleDraft => JSON.parse(JSON.stringify(rule)) as RuleDraft

/** What can be done, in the order in which it is offered. */
export const actionTypes: readonly (readonly [ActionType, string])[] = [
  ['label', 'Add a label'],
  ['unlabel', 'Remove a label'],
  ['assign', 'Assign'],
  ['unassign', 'Unassign'],
  ['transition', 'Move'],
  ['priority', 'Set the priority'],
  ['comment', 'Comment'],
  ['notify', 'Notify'],
  ['webhook', 'Send to a webhook'],
]

/** An action of a type with what is nearest at hand filled in. @param endpoints ids of those that a webhook can go to */
export function newAction(
  type: ActionType,
  { me, labels, workflow }: Pick<ShownWorkspace, 'me' | 'labels' | 'workflow'>,
  endpoints: readonly string[],
): ActionDraft {
  switch (type) {
    case 'label':
    case 'unlabel':
      return { type, labelId: labels[0]?.id ?? '' }
    case 'assign':
    case 'unassign':
      return { type, memberId: me.id }
    case 'transition':
      return { type, transition: workflow.transitions[0]?.name ?? '' }
    case 'priority':
      return { type, priority: 'high' }
    case 'comment':
      return { type, body: '' }
    case 'notify':
      return { type, to: 'assignees', text: '{{issue.key}}: ' }
    case 'webhook':
      return { type, endpoint: endpoints[0] ?? '' }
  }
}

/** The kinds of occasion, as they are offered. */
export const whenKinds: readonly { readonly value: WhenDraft['kind']; readonly label: string }[] = [
  { value: 'event', label: 'Something happens to an issue' },
  { value: 'due_in', label: 'A due date comes near' },
  { value: 'idle', label: 'Nothing happens to an issue' },
]

/** An occasion of a kind to begin with. */
export const newWhen = (kind: WhenDraft['kind']): WhenDraft =>
  kind === 'event' ? { kind, types: ['created'] } : { kind, days: kind === 'due_in' ? 3 : 14 }
