import type { RecordedEvent } from '../events/event.ts'
import { factsOf } from '../events/shipped-facts.ts'
import type { IssueState } from './issue-state.ts'

/** Why somebody is told of an event, the strongest first. */
export const tellingReasons = ['mentioned', 'assigned', 'rule', 'subscribed'] as const
export type TellingReason = (typeof tellingReasons)[number]

/** What the judgment looks at. */
type Told = Pick<RecordedEvent, 'type' | 'actorId' | 'data'>
type Addressed = { readonly mentions?: readonly string[]; readonly memberId?: string }

/**
 * Why a member is told of what happened to an issue, or `null` where they are not: the one judgment behind every notification.
 * Nobody is told of what they did themselves, nor who muted the issue; who unsubscribed hears only of a mention. What a rule says to
 * somebody is for them alone, also where they set it off.
 * @param state the issue right after the event.
 */
export function reasonToTell(state: IssueState, event: Told, memberId: string): TellingReason | null {
  const wish = state.subscribers[memberId]
  const { notifies } = factsOf(event.type)
  if (wish?.muted || notifies === 'nobody') return null
  const { mentions, memberId: assignee } = event.data as Addressed
  if (notifies === 'addressee') return assignee === memberId ? 'rule' : null
  if (event.actorId === memberId) return null
  if (mentions?.includes(memberId)) return 'mentioned'
  if (wish?.said && !wish.on) return null
  if (event.type === 'assigned' && assignee === memberId) return 'assigned'
  if (state.assignees.includes(memberId)) return 'assigned'
  return wish?.on ? 'subscribed' : null
}

/** Everybody who is told of an event, and why. */
export function audience(state: IssueState, event: Told): Map<string, TellingReason> {
  const { mentions = [], memberId: addressed } = event.data as Addressed
  const told = new Map<string, TellingReason>()
  const candidates = [...mentions, ...state.assignees, ...Object.keys(state.subscribers)]
  for (const memberId of new Set(addressed ? [addressed, ...candidates] : candidates)) {
    const reason = reasonToTell(state, event, memberId)
    if (reason) told.set(memberId, reason)
  }
  return told
}
