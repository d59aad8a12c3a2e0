import type { MemberId } from '../../values/ids.ts'
import { done } from '../../values/refusal.ts'
import { unknownEntity } from '../decide-field.ts'
import type { IssueState } from '../issue-state.ts'
import { type Decision, type DecisionContext, type IssueCommandOf, one, unchanged } from './decision.ts'

/** Says that somebody wants to hear of an issue, or no more. */
export function decideSubscription(
  state: IssueState,
  command: IssueCommandOf<'subscribe' | 'unsubscribe'>,
  context: DecisionContext,
): Decision {
  const memberId = (command.memberId ?? context.actorId) as MemberId
  if (!context.entityExists('member', memberId)) return unknownEntity('member', memberId)
  const on = command.type === 'subscribe'
  const known = state.subscribers[memberId]
  // Who asks to hear of it again is muted no more.
  if ((known?.on ?? false) === on && !(on && known?.muted)) return unchanged
  return one({ type: on ? 'subscribed' : 'unsubscribed', data: { memberId } })
}

/** Says that somebody wants to hear nothing of an issue, or again. */
export function decideMuting(
  state: IssueState,
  command: IssueCommandOf<'mute' | 'unmute'>,
  context: DecisionContext,
): Decision {
  const memberId = (command.memberId ?? context.actorId) as MemberId
  if (!context.entityExists('member', memberId)) return unknownEntity('member', memberId)
  const on = command.type === 'mute'
  if ((state.subscribers[memberId]?.muted ?? false) === on) return unchanged
  return one({ type: on ? 'muted' : 'unmuted', data: { memberId } })
}

/** Tells people something about an issue, each once. */
export function decideNotify(
  _state: IssueState,
  { memberIds, text }: IssueCommandOf<'notify'>,
  context: DecisionContext,
): Decision {
  const stranger = memberIds.find((id) => !context.entityExists('member', id))
  if (stranger) return unknownEntity('member', stranger)
  return done([...new Set(memberIds)].map((memberId) => ({ type: 'notified', data: { memberId, text } })))
}
