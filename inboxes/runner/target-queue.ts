import type { RecordedEvent } from '#core/events/event.ts'
import {
  type DeliveringInbox,
  type Delivery,
  hold,
  type InboxContext,
  type Outcome,
  type Pace,
  retry,
} from '../contract/inbox.ts'
import { UnreadableSecretError } from '../contract/unreadable-secret.ts'
import type { AttemptEnd, DeliveryStore, WaitingDelivery } from '../store/delivery-store.ts'
import type { Circuit } from './circuit-breaker.ts'
import type { OutcomeWriter } from './outcome-writer.ts'
import { type PendingDeliveries, pendingDeliveries } from './pending-deliveries.ts'

/** What a lane needs of the runner. */
export type TargetQueueOptions = {
  readonly inbox: DeliveringInbox
  readonly target: string
  readonly pace: Pace
  /** The target's own. */
  readonly circuit: Circuit
  /** That of the host which the target has just now, shared with the host's other targets. */
  readonly hostCircuit: () => Circuit | undefined
  readonly deliveryStore: DeliveryStore
  readonly settlements: OutcomeWriter
  readonly event: (id: string) => RecordedEvent | undefined
  /** Why an event is another's to tell of, or `undefined`. */
  readonly leftToAnother: (event: RecordedEvent) => string | undefined
  readonly context: () => InboxContext
  readonly now: () => number
  /** From 0 to below 1. */
  readonly random: () => number
  /** The receiver said that the target is gone for good. */
  readonly onGone: (why: string) => void
  /** Something changed: there may be more to do. */
  readonly onFree: () => void
}

/** The deliveries of one inbox to one target. */
export type TargetQueue = {
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
/** How long a target that waits for somebody is left alone, in milliseconds, unless settings change before. */
const holdMillis = 60_000

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

export function targetQueue(options: TargetQueueOptions): TargetQueue {
  const { inbox, target, pace, deliveryStore, now } = options
  const line: PendingDeliveries = pendingDeliveries(deliveryStore, inbox.name, target, now)
  const stopping = new AbortController()
  const flights = new Set<Promise<void>>()
  /** On the clock that only goes on. */
  let heldUntil = 0
  const closedBefore = deliveryStore.closedMillis(inbox.name, target)
  let closedUntil = performance.now() + (closedBefore ?? 0)
  let mayStartAt = 0
  /** How often in a row the receiver asked to be left alone without saying for how long. */
  let refusals = 0
  /** What waits is sent as one: the target was closed, or such a message is still owed. */
  let joining =
    inbox.joins === true &&
    (closedBefore !== undefined ||
      (deliveryStore.waiting(inbox.name, target, 0, 1)[0]?.batch ?? null) !== null)

  function deliveryOf(waiting: WaitingDelivery, event: RecordedEvent): Delivery {
    return {
      key: waiting.key,
      target,
      event,
      attempt: waiting.attempts + 1,
      createdAt: waiting.createdAt,
      ...(waiting.batch === null ? {} : { batch: waiting.batch }),
    }
  }

  /** Runs one attempt and never throws: within its time, whether or not the inbox minds the signal. */
  async function outcomeOf(deliveries: readonly Delivery[], together: boolean): Promise<Outcome> {
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

  function settlementOf(
    waiting: WaitingDelivery,
    outcome: Outcome,
    millis: number,
    luck: number,
  ): AttemptEnd {
    const attempt = waiting.attempts + 1
    const base = { id: waiting.id, inbox: inbox.name, target, attempt, at: now(), millis: Math.round(millis) }
    switch (outcome.kind) {
      case 'done':
        return { ...base, outcome: 'done', detail: outcome.detail?.slice(0, sentenceLength) ?? null }
      case 'hold':
        return { ...base, outcome: 'hold', detail: outcome.why.slice(0, sentenceLength) }
      case 'closed':
        return {
          ...base,
          outcome: 'closed',
          detail: outcome.why.slice(0, sentenceLength),
          due: base.at + Math.max(0, Math.ceil(closedUntil - performance.now())),
        }
      case 'retry': {
        const due =
          attempt >= pace.attempts ? null : base.at + backoff(attempt, pace, () => luck, outcome.afterMillis)
        return { ...base, outcome: 'retry', detail: outcome.why.slice(0, sentenceLength), due }
      }
      default:
        return { ...base, outcome: outcome.kind, detail: outcome.why.slice(0, sentenceLength) }
    }
  }

  async function recordOutcome(
    waiting: readonly WaitingDelivery[],
    outcome: Outcome,
    millis: number,
  ): Promise<void> {
    // Drawn once: what is sent as one comes due as one.
    const luck = options.random()
    await Promise.all(
      waiting.map(async (each) => {
        const settlement = settlementOf(each, outcome, millis, luck)
        await options.settlements.add(settlement)
        if (settlement.outcome === 'hold') line.postponed(each, now())
        else if (settlement.outcome === 'closed') line.postponed(each, settlement.due)
        else if (settlement.outcome === 'retry' && settlement.due !== null)
          line.postponed(each, settlement.due)
        else line.finished(each)
      }),
    )
  }

  /** Ends deliveries of events that nobody is to hear of from here. @returns the others, with their events. */
  async function withEvents(waiting: readonly WaitingDelivery[]) {
    const there: { readonly each: WaitingDelivery; readonly event: RecordedEvent }[] = []
    for (const each of waiting) {
      const event = options.event(each.eventId)
      const why =
        !event || event.waiting ? 'What it would have told can’t be read here' : options.leftToAnother(event)
      if (event && why === undefined) there.push({ each, event })
      else await recordOutcome([each], { kind: 'skip', why: why ?? '' }, 0)
    }
    return there
  }

  /** An attempt at deliveries of this lane that count as one. @returns how it ended, `undefined` where none was made. */
  async function attempt(
    waiting: readonly WaitingDelivery[],
    together: boolean,
  ): Promise<Outcome | undefined> {
    const there = await withEvents(waiting)
    if (there.length === 0) return undefined
    const started = performance.now()
    const outcome = await outcomeOf(
      there.map(({ each, event }) => deliveryOf(each, event)),
      together,
    )
    const tried = there.map(({ each }) => each)
    if (stopping.signal.aborted) {
      // Cut off by the worker's end: no attempt was made that counts.
      for (const each of tried) line.postponed(each, now() + 1_000)
      return undefined
    }
    if (outcome.kind === 'hold') heldUntil = performance.now() + holdMillis
    close(outcome)
    if (outcome.kind === 'give_up' && outcome.gone) options.onGone(outcome.why)
    await recordOutcome(tried, outcome, performance.now() - started)
    return outcome
  }

  /** Leaves the whole target alone for as long as its receiver asked, over a restart too. */
  function close(outcome: Outcome): void {
    if (outcome.kind !== 'closed' && outcome.kind !== 'retry') {
      refusals = 0
      return
    }
    if (outcome.kind === 'retry' && outcome.afterMillis === undefined) return
    refusals += outcome.afterMillis === undefined ? 1 : 0
    // Without a word for how long, longer each time; with jitter, for others were told the same.
    const asked = outcome.afterMillis ?? backoff(refusals, pace, () => 0.5 + options.random() / 2)
    const millis = Math.max(pace.firstBackoffMillis, asked)
    closedUntil = Math.max(closedUntil, performance.now() + millis)
    if (inbox.joins) joining = true
    deliveryStore.close(inbox.name, target, millis, outcome.why)
  }

  function start(waiting: readonly WaitingDelivery[], host: Circuit | undefined, together = false): void {
    mayStartAt = performance.now() + pace.everyMillis
    const end = options.circuit.begin()
    const endAtHost = host?.begin()
    let outcome: Outcome | undefined
    const flight = attempt(waiting, together)
      .then((made) => {
        outcome = made
      })
      .catch((error) => console.error(`${inbox.name}: a delivery could not be settled:`, error))
      .finally(() => {
        const tried =
          outcome !== undefined &&
          outcome.kind !== 'hold' &&
          outcome.kind !== 'skip' &&
          outcome.kind !== 'closed'
        end(tried ? outcome?.kind === 'retry' : undefined)
        endAtHost?.(tried ? outcome?.kind === 'retry' && !outcome.answered : undefined)
        flights.delete(flight)
        if (joining && together && outcome?.kind !== 'retry' && outcome?.kind !== 'closed') {
          joining = false
          deliveryStore.opened(inbox.name, target)
          line.reset()
        }
        options.onFree()
      })
    flights.add(flight)
  }

  /** All that waits for this target at once, when the first of it comes due; what was sent as one before first, and by itself. */
  function pumpTogether(hurry: boolean, host: Circuit | undefined): number | undefined {
    if (flights.size > 0) return undefined
    const waiting = deliveryStore.waiting(inbox.name, target, 0, togetherAtMost)
    const bound = waiting.find((each) => each.batch !== null)?.batch
    const taken = bound ? deliveryStore.waitingOfBatch(inbox.name, target, bound) : waiting
    if (taken.length === 0) return undefined
    const due = Math.min(...taken.map((each) => each.due))
    const gathering = !bound && taken.every((each) => each.attempts === 0)
    if (due > now() && !(hurry && gathering)) return due
    start(bound ? taken : deliveryStore.bind(taken), host, true)
    return undefined
  }

  function hostCircuit(): Circuit | undefined {
    try {
      return options.hostCircuit()
    } catch {
      // It will say so itself when it is tried.
      return undefined
    }
  }

  return {
    inbox,
    pump(hurry = false) {
      if (stopping.signal.aborted) return undefined
      const host = hostCircuit()
      const rest = Math.max(
        options.circuit.restMillis(),
        host?.restMillis() ?? 0,
        heldUntil - performance.now(),
        closedUntil - performance.now(),
        mayStartAt - performance.now(),
      )
      if (rest > 0) return now() + rest
      const room = Math.min(options.circuit.room(), host?.room() ?? Number.POSITIVE_INFINITY)
      // Whatever is under way asks again when it ends.
      if (room === 0) return undefined
      if (inbox.handleTogether && (inbox.gatherMillis?.(options.context()) ?? 0) > 0)
        return pumpTogether(hurry, host)
      if (joining && inbox.handleTogether) return pumpTogether(hurry, host)
      for (const waiting of line.take(pace.everyMillis > 0 ? 1 : room)) start([waiting], host)
      return line.soonest()
    },
    get underWay() {
      return flights.size
    },
    reset() {
      heldUntil = 0
      line.reset()
    },
    async stop() {
      stopping.abort()
      await Promise.allSettled([...flights])
    },
  }
}
