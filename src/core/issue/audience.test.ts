import { describe, expect, it } from 'vitest'
import { audience, reasonToTell } from './audience.ts'
import { foldIssue } from './evolve.ts'
import type { IssueEvent } from './issue-event.ts'
import type { IssueChange } from './issue-events.ts'

const ada = 'ada'
const ben = 'ben'
const cy = 'cy'

let counter = 0
const by = (actorId: string, type: IssueChange['type'], data: Record<string, unknown> = {}): IssueEvent =>
  ({ type, data, id: `e${++counter}`, actorId, occurredAt: 1_000 + counter }) as unknown as IssueEvent
const created = by(ada, 'created', { title: 'One', status: 'open' })
const comment = (actorId: string, mentions?: readonly string[]) =>
  by(actorId, 'commented', { commentId: `c${counter}`, body: 'Hm', ...(mentions ? { mentions } : {}) })

/** Who is told of the last event, after all of them. */
function told(...events: readonly IssueEvent[]): Record<string, string> {
  const last = events.at(-1) as IssueEvent
  const state = foldIssue('issue', [created, ...events])
  const everybody = audience(state, last)
  for (const member of [ada, ben, cy])
    expect(reasonToTell(state, last, member)).toBe(everybody.get(member) ?? null)
  return Object.fromEntries(everybody)
}

describe('of an event are told', () => {
  it('its subscribers, and never who did it', () => {
    expect(told(comment(ben))).toEqual({ ada: 'subscribed' })
    expect(told(comment(ben), comment(ada))).toEqual({ ben: 'subscribed' })
    expect(told(by(ben, 'title_changed', { from: 'One', to: 'Two' }))).toEqual({ ada: 'subscribed' })
  })

  it('who is mentioned, by that reason, and subscribed from then on', () => {
    expect(told(comment(ada, [ben]))).toEqual({ ben: 'mentioned' })
    expect(told(comment(ada, [ada, ben]))).toEqual({ ben: 'mentioned' })
    expect(told(comment(ada, [ben]), comment(cy))).toEqual({ ada: 'subscribed', ben: 'subscribed' })
  })

  it('who is assigned, to this or to the issue', () => {
    expect(told(by(ada, 'assigned', { memberId: ben }))).toEqual({ ben: 'assigned' })
    expect(told(by(ben, 'assigned', { memberId: ben }))).toEqual({ ada: 'subscribed' })
    expect(told(by(ada, 'assigned', { memberId: ben }), comment(cy))).toEqual({
      ada: 'subscribed',
      ben: 'assigned',
    })
    expect(told(by(ada, 'assigned', { memberId: ben }), by(ada, 'unassigned', { memberId: ben }))).toEqual({
      ben: 'subscribed',
    })
  })

  it('of an unsubscribed person only who is mentioned', () => {
    const out = by(ben, 'unsubscribed', { memberId: ben })
    expect(told(out, by(ada, 'assigned', { memberId: ben }))).toEqual({})
    expect(told(comment(ben), out, comment(ada))).toEqual({})
    expect(told(out, comment(ada, [ben]))).toEqual({ ben: 'mentioned' })
    expect(told(out, comment(ada, [ben]), comment(ada))).toEqual({})
  })

  it('nobody who muted it, whatever happens, until they unmute it', () => {
    const mute = by(ben, 'muted', { memberId: ben })
    expect(told(mute, comment(ada, [ben]))).toEqual({})
    expect(told(mute, by(ada, 'assigned', { memberId: ben }))).toEqual({})
    expect(told(comment(ben), mute, by(ben, 'unmuted', { memberId: ben }), comment(ada))).toEqual({
      ben: 'subscribed',
    })
  })

  it('what a rule says, whoever it is said to, unless they muted it', () => {
    const says = (memberId: string) => by(ada, 'notified', { memberId, text: 'Look' })
    expect(told(comment(ben), says(cy))).toEqual({ cy: 'rule' })
    expect(told(says(ada))).toEqual({ ada: 'rule' })
    expect(told(by(cy, 'unsubscribed', { memberId: cy }), says(cy))).toEqual({ cy: 'rule' })
    expect(told(by(cy, 'muted', { memberId: cy }), says(cy))).toEqual({})
  })

  it.each(['viewed', 'subscribed', 'unsubscribed', 'muted', 'unmuted'] as const)(
    'nobody, where it is "%s"',
    (type) => {
      expect(told(comment(ben), by(cy, type, type === 'viewed' ? {} : { memberId: cy }))).toEqual({})
    },
  )
})
