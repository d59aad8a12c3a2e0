import { type Delivery, hold, type Outcome, retry } from '../contract/inbox.ts'
import { UnreadableSecretError } from '../contract/unreadable-secret.ts'
import type { TargetQueueContext } from './target-queue-context.ts'

/**
 * One attempt by the inbox, which never throws and ends within its time, whether or not the inbox minds the signal.
 * @param together whether the deliveries are sent as one; else there is one.
 */
export async function runAttempt(
  queue: TargetQueueContext,
  deliveries: readonly Delivery[],
  together: boolean,
): Promise<Outcome> {
  const { inbox, pace, stopping } = queue
  // Its own controller, whose timer is cleared at the end: a signal of the system's own is kept until its time is up, thousands of them under load.
  const cutting = new AbortController()
  const { signal } = cutting
  const cut = Promise.withResolvers<Outcome>()
  const cutOff = (why: string) => () => {
    cutting.abort()
    cut.resolve(retry(why))
  }
  const timer = setTimeout(
    cutOff(`No answer within ${Math.round(pace.timeoutMillis / 1_000)} s`),
    pace.timeoutMillis,
  )
  const onStop = cutOff('Cut off')
  stopping.signal.addEventListener('abort', onStop)
  const context = { ...queue.context(), signal }
  const [first] = deliveries
  try {
    const work =
      together && inbox.handleTogether
        ? inbox.handleTogether(deliveries, context)
        : inbox.handle(first as Delivery, context)
    return await Promise.race([work, cut.promise])
  } catch (error) {
    if (error instanceof UnreadableSecretError) return hold(error.message)
    return retry(error instanceof Error ? error.message : String(error))
  } finally {
    clearTimeout(timer)
    stopping.signal.removeEventListener('abort', onStop)
  }
}
