import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { issueMachine } from '../workflow/issue-machine.ts'
import { defaultWorkflow } from '../workflow/workflow.ts'
import { decide } from './decide/decide.ts'
import { foldIssue } from './evolve.ts'
import type { IssueEvent } from './issue-event.ts'
import { type IssueState, initialIssue } from './issue-state.ts'
import { ada, ben, bug, context, created, happened, id, issue, parse } from './testing/decided-issue.ts'

const anyCommand: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  fc.record({ type: fc.constant('change_title'), title: fc.constantFrom('One', 'Two', 'Three') }),
  fc.record({ type: fc.constant('change_priority'), priority: fc.constantFrom('none', 'low', 'urgent') }),
  fc.record({ type: fc.constantFrom('assign', 'unassign'), memberId: fc.constantFrom(ada, ben) }),
  fc.record({ type: fc.constantFrom('label', 'unlabel'), labelId: fc.constant(bug) }),
  fc.record({
    type: fc.constant('comment'),
    commentId: fc.integer({ min: 50, max: 55 }).map(id),
    body: fc.constant('Hello'),
  }),
  fc.record({ type: fc.constantFrom('delete_comment'), commentId: fc.integer({ min: 50, max: 55 }).map(id) }),
  fc.record({
    type: fc.constant('transition'),
    transition: fc.constantFrom('start', 'stop', 'resolve', 'close', 'reopen'),
  }),
  fc.record({
    type: fc.constantFrom('archive', 'restore', 'subscribe', 'unsubscribe', 'mute', 'unmute'),
  }),
  fc.record({
    type: fc.constant('edit_comment'),
    commentId: fc.integer({ min: 50, max: 55 }).map(id),
    body: fc.constantFrom('Hello', '@ben', '@ada @ben'),
  }),
)

/** Runs commands one after another, as a person would. */
function live(commands: readonly Record<string, unknown>[]): {
  state: IssueState
  events: IssueEvent[]
  refused: number
} {
  const events: IssueEvent[] = [happened(created)]
  let state = foldIssue(issue, events)
  let refused = 0
  for (const command of commands) {
    const before = JSON.stringify(state)
    const decision = decide(state, parse({ issueId: issue, ...command }), context())
    expect(JSON.stringify(state)).toBe(before)
    if (!decision.ok) {
      refused += 1
      continue
    }
    const more = decision.value.map((change) => happened(change))
    events.push(...more)
    state = foldIssue(issue, more, state)
  }
  return { state, events, refused }
}

describe('deciding and folding, over random lives of an issue', () => {
  it('a fold from the start, from any snapshot on, and live give the same state', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 40 }), fc.nat(), (commands, cut) => {
        const { state, events } = live(commands)
        const at = cut % (events.length + 1)
        const snapshot = JSON.parse(JSON.stringify(foldIssue(issue, events.slice(0, at)))) as IssueState
        expect(foldIssue(issue, events)).toEqual(state)
        expect(JSON.stringify(foldIssue(issue, events.slice(at), snapshot))).toBe(JSON.stringify(state))
      }),
    )
  })

  it('nothing that was decided on the current state is ever superseded', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 40 }), (commands) => {
        expect(live(commands).state.superseded).toEqual([])
      }),
    )
  })

  it('a transition is recorded exactly where the machine allows it', () => {
    fc.assert(
      fc.property(
        fc.array(anyCommand, { maxLength: 30 }),
        fc.constantFrom('start', 'stop', 'resolve', 'close', 'reopen'),
        (commands, name) => {
          const { state } = live(commands)
          fc.pre(!state.archived)
          const decision = decide(
            state,
            parse({ type: 'transition', issueId: issue, transition: name }),
            context(),
          )
          expect(decision.ok).toBe(issueMachine(defaultWorkflow).next(state.status, name) !== undefined)
        },
      ),
    )
  })

  it('evolve is total: any events in any order lead to a state', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (commands, order) => {
        const { events } = live(commands)
        const shuffled = events
          .map((event) => [order.next().value as number, event] as const)
          .sort((a, b) => a[0] - b[0])
          .map(([, event]) => event)
        const state = foldIssue(issue, shuffled)
        expect(state.version).toBe(events.length)
        expect(new Set(state.assignees).size).toBe(state.assignees.length)
      }),
    )
  })

  it('a transition whose "from" is not the status any more has no effect and is kept as superseded', () => {
    const first = happened({
      type: 'status_changed',
      data: { from: 'open', to: 'in_progress', transition: 'start' },
    })
    const second = happened(
      { type: 'status_changed', data: { from: 'open', to: 'closed', transition: 'close' } },
      ben,
    )
    const state = foldIssue(issue, [happened(created), first, second])
    expect(state.status).toBe('in_progress')
    expect(state.superseded).toEqual([{ eventId: second.id, by: first.id }])
  })
})

it('an empty issue does not exist', () => {
  expect(initialIssue(issue).exists).toBe(false)
})
