import type { Outcome } from '../contract/inbox.ts'
import { backoff } from '../shared/backoff.ts'
import type { AttemptEnd, WaitingDelivery } from '../store/deliveries/delivery-rows.ts'
import type { TargetQueueContext } from './target-queue-context.ts'

const sentenceLength = 500

/** What an outcome means for a delivery, as it is written down. @param luck from 0 to below 1: where in its back-off it is tried again. */
export function attemptEnd(
  queue: TargetQueueContext,
  waiting: WaitingDelivery,
  outcome: Outcome,
  millis: number,
  luck: number,
): AttemptEnd {
  const { inbox, target, pace } = queue
  const attempt = waiting.attempts + 1
  const at = queue.now()
  const base = { id: waiting.id, inbox: inbox.name, target, attempt, at, millis: Math.round(millis) }
  if (outcome.kind === 'done')
    return { ...base, outcome: 'done', detail: outcome.detail?.slice(0, sentenceLength) ?? null }
  const detail = outcome.why.slice(0, sentenceLength)
  switch (outcome.kind) {
    case 'closed': {
      const due = at + Math.max(0, Math.ceil(queue.closedUntil - performance.now()))
      return { ...base, outcome: 'closed', detail, due }
    }
    case 'retry': {
      const due =
        attempt >= pace.attempts ? null : at + backoff(attempt, pace, () => luck, outcome.afterMillis)
      return { ...base, outcome: 'retry', detail, due }
    }
    default:
      return { ...base, outcome: outcome.kind, detail }
  }
}
