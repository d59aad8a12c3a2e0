import type { RecordedEvent } from '#core/event.ts'
import { type Circuit, type CircuitOptions, circuit } from './circuit.ts'
import {
  type DeliveringInbox,
  type Delivery,
  type InboxContext,
  type Outcome,
  type Pace,
  retry,
} from './inbox.ts'
import type { Ledger, Settlement, WaitingDelivery } from './ledger/ledger.ts'
import type { Settlements } from './settlements.ts'
import { type WaitingLine, waitingLine } from './waiting-line.ts'

/** What a lane needs of the runner. */
export type LaneOptions = {
  readonly inbox: DeliveringInbox
  readonly target: string
  readonly pace: Pace
  readonly circuit: CircuitOptions
  readonly ledger: Ledger
  readonly settlements: Settlements
  readonly event: (id: string) => RecordedEvent | undefined
  readonly context: () => InboxContext
  readonly now: () => number
  /** From 0 to below 1. */
  readonly random: () => number
  /** Something changed: there may be more to do. */
  readonly onFree: () => void
}

/** The deliveries of one inbox to one target. */
export type Lane = {
  readonly inbox: DeliveringInbox
  /** Starts what may start. @param hurry gathers no longer. @returns when it should be asked again, in milliseconds since 1970; `undefined` where nothing waits for a time. */
  pump(hurry?: boolean): number | undefined
  readonly underWay: number
  reset(): void
  /** Aborts what is under way and waits for it to end. */
  stop(): Promise<void>
}

/** Deliveries that are sent as one, at most. */
const togetherAtMost = 500
const sentenceLength = 500

/**
 * Milliseconds to wait after an attempt: full jitter (M. Brooker, "Exponential Backoff And Jitter", 2015), so that what failed together does
 * not come back together; never less than the receiver asked for.
 * @param attempt the one that failed, 1 for the first.
 */
export function backoff(attempt: number, pace: Pace, random: () => number, askedFor = 0): number {
  const ceiling = Math.min(
    pace.longestBackoffMillis,
    pace.firstBackoffMillis * 2 ** Math.min(attempt - 1, 40),
  )
  return Math.max(Math.round(random() * ceiling), askedFor)
}

export function lane(options: LaneOptions): Lane {
  const { inbox, target, pace, ledger, now } = options
  const line: WaitingLine = waitingLine(ledger, inbox.name, target, now)
  const stopping = new AbortController()
  const flights = new Set<Promise<void>>()
  let restUntil = 0
  const breaker: Circuit = circuit(options.circuit, (millis) => {
    restUntil = now() + millis
  })

  function deliveryOf(waiting: WaitingDelivery, event: RecordedEvent): Delivery {
    return { key: waiting.key, target, event, attempt: waiting.attempts + 1, createdAt: waiting.createdAt }
  }

  /** Runs one attempt and never throws: within its time, whether or not the inbox minds the signal. */
  async function outcomeOf(deliveries: readonly Delivery[]): Promise<Outcome> {
    // Taken down again at once: a signal of the system's own would be kept until its time is up, thousands of them under load.
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
    const context = { ...options.context(), signal }
    const [first] = deliveries
    try {
      const work =
        inbox.handleTogether && inbox.gatherMillis
          ? inbox.handleTogether(deliveries, context)
          : inbox.handle(first as Delivery, context)
      return await Promise.race([work, cut.promise])
    } catch (error) {
      return retry(error instanceof Error ? error.message : String(error))
    } finally {
      clearTimeout(timer)
      stopping.signal.removeEventListener('abort', onStop)
    }
  }

  function settlementOf(waiting: WaitingDelivery, outcome: Outcome, millis: number): Settlement {
    const attempt = waiting.attempts + 1
    const base = { id: waiting.id, inbox: inbox.name, target, attempt, at: now(), millis: Math.round(millis) }
    switch (outcome.kind) {
      case 'done':
        return { ...base, outcome: 'done', detail: outcome.detail?.slice(0, sentenceLength) ?? null }
      case 'retry': {
        const due =
          attempt >= pace.attempts
            ? null
            : base.at + backoff(attempt, pace, options.random, outcome.afterMillis)
        return { ...base, outcome: 'retry', detail: outcome.why.slice(0, sentenceLength), due }
      }
      default:
        return { ...base, outcome: outcome.kind, detail: outcome.why.slice(0, sentenceLength) }
    }
  }

  async function settle(
    waiting: readonly WaitingDelivery[],
    outcome: Outcome,
    millis: number,
  ): Promise<void> {
    await Promise.all(
      waiting.map(async (each) => {
        const settlement = settlementOf(each, outcome, millis)
        await options.settlements.add(settlement)
        if (settlement.outcome === 'retry' && settlement.due !== null) line.postponed(each, settlement.due)
        else line.finished(each)
      }),
    )
  }

  /** An attempt at deliveries of this lane that count as one. */
  async function attempt(waiting: readonly WaitingDelivery[]): Promise<void> {
    const known = waiting.map((each) => ({ each, event: options.event(each.eventId) }))
    const gone = known.filter(({ event }) => !event || event.erased).map(({ each }) => each)
    if (gone.length > 0)
      await settle(gone, { kind: 'skip', why: 'What it would have told was erased from the log' }, 0)
    const there = known.flatMap(({ each, event }) => (event && !event.erased ? [{ each, event }] : []))
    if (there.length === 0) return
    const started = performance.now()
    const outcome = await breaker.run(
      () => outcomeOf(there.map(({ each, event }) => deliveryOf(each, event))),
      (made) => made.kind === 'retry' && !stopping.signal.aborted,
    )
    const tried = there.map(({ each }) => each)
    if (outcome === undefined || stopping.signal.aborted) {
      // Left alone, or cut off by the worker's end: no attempt was made that counts.
      for (const each of tried) line.postponed(each, Math.max(restUntil, now() + 1_000))
      return
    }
    await settle(tried, outcome, performance.now() - started)
  }

  function start(waiting: readonly WaitingDelivery[]): void {
    const flight = attempt(waiting)
      .catch((error) => console.error(`${inbox.name}: a delivery could not be settled:`, error))
      .finally(() => {
        flights.delete(flight)
        options.onFree()
      })
    flights.add(flight)
  }

  /** All that waits for this target at once, when the first of it comes due. */
  function pumpTogether(hurry: boolean): number | undefined {
    if (flights.size > 0) return undefined
    const taken = ledger.waiting(inbox.name, target, 0, togetherAtMost)
    if (taken.length === 0) return undefined
    const due = Math.min(...taken.map((each) => each.due))
    const gathering = taken.every((each) => each.attempts === 0)
    if (due > now() && !(hurry && gathering)) return due
    start(taken)
    return undefined
  }

  return {
    inbox,
    pump(hurry = false) {
      if (stopping.signal.aborted) return undefined
      const at = now()
      // After the clock was set back this would last longer than it should.
      if (restUntil - at > options.circuit.restMillis) restUntil = at + options.circuit.restMillis
      if (restUntil > at) return restUntil
      if (inbox.handleTogether && (inbox.gatherMillis?.(options.context()) ?? 0) > 0)
        return pumpTogether(hurry)
      const room = (breaker.state === 'closed' ? pace.concurrency : 1) - flights.size
      if (room > 0) for (const waiting of line.take(room)) start([waiting])
      return line.soonest()
    },
    get underWay() {
      return flights.size
    },
    reset: line.reset,
    async stop() {
      stopping.abort()
      await Promise.allSettled([...flights])
    },
  }
}
