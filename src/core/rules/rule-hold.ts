import type { RecordedEvent } from '../events/event.ts'
import { sameJson } from '../values/same-json.ts'
import type { RuleChange } from './rule-events.ts'

/** Issues that a rule may act on at its first look, and of an import at any, without being asked about. */
export const mostAtOnce = 20

/** What somebody said of occasions up to an instant, in milliseconds. */
export type HoldAnswer = { readonly upTo: number; readonly acts: boolean }

type Said = Pick<RecordedEvent, 'type' | 'data' | 'waiting'>

/** The answers that count for a rule as it is now, oldest first: those since its when or its query was changed. @param events the rule's, in total order. */
export function holdAnswers(events: Iterable<Said>): readonly HoldAnswer[] {
  let answers: HoldAnswer[] = []
  for (const event of events) {
    if (event.waiting) continue
    const { type, data } = event as RuleChange
    if (type === 'rule_hold_answered') answers.push({ upTo: data.upTo, acts: data.acts })
    else if (type === 'rule_added') answers = []
    else if (type === 'rule_changed' && !asksAlike(data.from, data.to)) answers = []
  }
  return answers
}

type Asked = Extract<RuleChange, { type: 'rule_added' }>['data']['rule']
const asksAlike = (from: Asked, to: Asked): boolean => sameJson(from.when, to.when) && from.query === to.query

/** What was said of an occasion that came at an instant, by whoever was asked first since; `undefined` where nobody was. */
export const answerFor = (answers: readonly HoldAnswer[], cameAt: number): HoldAnswer | undefined =>
  answers.reduce<HoldAnswer | undefined>(
    (first, answer) =>
      answer.upTo >= cameAt && (first === undefined || answer.upTo < first.upTo) ? answer : first,
    undefined,
  )
