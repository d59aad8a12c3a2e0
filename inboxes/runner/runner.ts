import type { HostPort } from '../contract/host-port.ts'
import {
  type DeliveringInbox,
  type Inbox,
  type InboxContext,
  type Pace,
  type Scope,
  usualPace,
} from '../contract/inbox.ts'
import type { NewDelivery } from '../contract/new-delivery.ts'
import { UnreadableSecretError } from '../contract/unreadable-secret.ts'
import type { WorkspaceReader } from '../contract/workspace-reader.ts'
import type { ArrivedEvent, LogReader } from '../log/log-reader.ts'
import type { DeliveryStore, InboxRow } from '../store/delivery-store.ts'
import type { Notices } from '../store/notice-store.ts'
import { type Circuit, type CircuitOptions, circuit, usualCircuit } from './circuit-breaker.ts'
import { dispatcher } from './dispatcher.ts'
import { outcomeWriter } from './outcome-writer.ts'
import { reconcileCheckpoints } from './reconcile-checkpoints.ts'
import { type TargetQueue, targetQueue } from './target-queue.ts'

export type RunnerOptions = {
  /** Those there are; asked again at each `refresh`. */
  readonly inboxes: () => readonly Inbox[]
  readonly deliveryStore: DeliveryStore
  readonly notices: Pick<Notices, 'add' | 'relocate'>
  readonly reader: LogReader
  readonly workspace: WorkspaceReader
  readonly host: HostPort
  /** A secret of an inbox, by its field's name. */
  readonly secret: (inbox: string, field: string) => string | undefined
  readonly now: () => number
  readonly random?: () => number
  /** Up to where what was synced is history to this copy, which it got by joining: nobody is told of that. */
  readonly quietUpTo?: () => number
  /** Overrides every inbox's own pace, for tests. */
  readonly pace?: Partial<Pace>
  readonly circuit?: Omit<CircuitOptions, 'atOnce'>
  readonly batch?: number
  /** Told when anything that a person may watch has changed. */
  readonly onProgress?: () => void
}

export type Runner = {
  /** Looks for new events and for deliveries that came due. */
  wake(): void
  /** Reads settings, pauses and replays anew, then does the same. */
  refresh(): void
  /** Does everything that can be done now, without waiting for gathering or for later attempts. */
  drain(): Promise<void>
  /** The lowest position that every running inbox has read to. */
  position(): number
  /** Lets go of everything under way; what is not written down is done again by the next runner. */
  stop(): Promise<void>
}

/** Events looked at in one go. */
const batchSize = 100
const longestSleepMillis = 60_000
/** Whether an inbox of that scope sees an event. */
function isSeen(scope: Scope, { origin }: ArrivedEvent): boolean {
  return scope === 'all' || (scope === 'own') === (origin === 'recorded')
}

type Active = { readonly inbox: Inbox; readonly context: InboxContext; position: number }

/**
 * Runs inboxes: reads the log once for all of them, writes down who has to hear of what, and delivers that, each target at its own pace. What is
 * read and what follows from it is one transaction of the delivery store, so a crash at any moment repeats at most what was under way.
 */
export function runner(options: RunnerOptions): Runner {
  const { deliveryStore, reader, now, random = Math.random, batch = batchSize } = options
  const written = outcomeWriter(deliveryStore.settle, (error) =>
    console.error('deliveries can not be written down just now:', error),
  )
  const lanes = new Map<string, TargetQueue>()
  const hosts = new Map<string, Circuit>()
  /** Targets that something waits for, as last read from the delivery store; one that is done with may still be among them. */
  const waitingTargets = new Map<string, readonly string[]>()
  let active: Active[] = []
  let stopped = false
  let scheduled = false
  let draining = false
  /** Which of the groups that are behind is served next. */
  let turn = 0
  /** Whether others have copies of this workspace. */
  let inTeam = false
  /** Which of the targets is asked first. */
  let rounds = 0
  let timer: NodeJS.Timeout | undefined
  const looking = dispatcher({
    deliveryStore,
    reader,
    workspace: options.workspace,
    inTeam: () => inTeam,
    now,
  })
  let idle = Promise.withResolvers<void>()

  function contextOf(inbox: Inbox, settings: unknown): InboxContext {
    return {
      settings,
      secret: (name) => options.secret(inbox.name, name),
      workspace: options.workspace,
      host: options.host,
      notices: options.notices,
      hand: {
        notice: (notice) => options.notices.add(notice),
        enqueue: (delivery) => {
          deliveryStore.enqueue(delivery)
          waitingTargets.delete(delivery.inbox)
          wake()
        },
      },
      now,
    }
  }

  function missing(inbox: Inbox, context: InboxContext): string | null {
    try {
      return inbox.notReady?.(context) ?? null
    } catch (error) {
      if (error instanceof UnreadableSecretError) return error.message
      throw error
    }
  }

  /** The inbox, ready to run; `undefined` where a setting or a secret is missing, which is written down. */
  function ready(inbox: Inbox, row: InboxRow): Active | undefined {
    const settings = inbox.settings.safeParse(row.settings)
    const context = contextOf(inbox, settings.data)
    const trouble = settings.success
      ? missing(inbox, context)
      : `Its settings are not valid: ${settings.error.issues[0]?.message ?? 'unknown'}`
    if (deliveryStore.trouble(inbox.name, trouble)) options.onProgress?.()
    return trouble === null ? { inbox, context, position: row.position } : undefined
  }

  function readLedger(): void {
    const inboxes = options.inboxes()
    for (const inbox of inboxes) deliveryStore.ensure(inbox.name, reader.position(), inbox.onByDefault)
    if (reconcileCheckpoints({ deliveryStore, reader, notices: options.notices })) options.onProgress?.()
    const rows = new Map(deliveryStore.inboxes().map((row) => [row.name, row]))
    inTeam = rows.get('sync')?.enabled === true
    const before = active
    active = inboxes.flatMap((inbox) => {
      const row = rows.get(inbox.name)
      if (!row?.enabled || row.paused) return []
      return ready(inbox, row) ?? []
    })
    for (const each of active) looking.lookAgain(each)
    waitingTargets.clear()
    for (const { inbox } of before)
      if (!active.some((each) => each.inbox === inbox)) void inbox.close?.().catch(() => {})
    // A lane speaks for the inbox it was made for: one whose file is another by now gets another.
    for (const [name, each] of lanes)
      if (!inboxes.includes(each.inbox) && each.underWay === 0) lanes.delete(name)
  }

  /** Looks at the next batch after the place where a group of inboxes stands, and no further than where the next group waits to be joined. */
  function serve(group: readonly Active[], from: number, next: number | undefined): void {
    const limit = next === undefined ? batch : Math.min(batch, next - from)
    const { arrived, upTo, eventHash } = reader.after(from, limit)
    const brought = arrived.some(({ origin }) => origin === 'synced')
    const quietUpTo = brought ? (options.quietUpTo?.() ?? 0) : 0
    const isTold = ({ origin, event }: ArrivedEvent): boolean =>
      origin === 'recorded' || event.position > quietUpTo
    const told = quietUpTo > 0 ? arrived.filter(isTold) : arrived
    const deliveries: NewDelivery[] = []
    const doneInline = new Map<string, number>()
    deliveryStore.takeUp({
      // Inside of the transaction, for inline inboxes write to the same file.
      collect: () => {
        for (const each of group) {
          const { inbox } = each
          let count = 0
          for (const one of told)
            if (isSeen(inbox.scope, one) && looking.takeUp(each, one.event, deliveries)) count += 1
          if (count > 0) doneInline.set(inbox.name, count)
        }
        return { deliveries, doneInline }
      },
      positions: group.map((each) => ({ name: each.inbox.name, from, to: upTo, eventHash })),
    })
    for (const each of group) each.position = upTo
    for (const { inbox, target } of deliveries)
      if (!waitingTargets.get(inbox)?.includes(target)) waitingTargets.delete(inbox)
  }

  /**
   * Looks at a batch for those that are furthest, and at one for a group of those behind them, each group in its turn: whoever is behind
   * costs the others one batch of theirs at a time, and those that stand at the same place are read for once. @returns whether there was any.
   */
  function dispatch(): boolean {
    const last = reader.position()
    if (active.some((each) => each.position > last)) readLedger()
    const groups = [...Map.groupBy(active, (each) => each.position)].sort(([one], [other]) => one - other)
    const furthest = groups.pop()
    if (!furthest) return false
    const [tip, leaders] = furthest
    if (tip < last) serve(leaders, tip, undefined)
    if (groups.length > 0) {
      const index = turn++ % groups.length
      const [from, group] = groups[index] as (typeof groups)[number]
      serve(group, from, groups[index + 1]?.[0] ?? tip)
    }
    return tip < last || groups.length > 0
  }

  function hostCircuit(inbox: DeliveringInbox, target: string, context: InboxContext): Circuit | undefined {
    const host = inbox.hostOf?.(target, context)
    if (host === undefined) return undefined
    const name = `${inbox.name}\n${host}`
    const known = hosts.get(name) ?? circuit({ ...circuitOptions, atOnce: paceOf(inbox).perHost })
    hosts.set(name, known)
    return known
  }

  const circuitOptions = options.circuit ?? usualCircuit
  const paceOf = (inbox: DeliveringInbox): Pace => ({ ...usualPace, ...inbox.pace, ...options.pace })

  function laneOf(each: Active, target: string): TargetQueue | undefined {
    const { inbox } = each
    if (inbox.inline) return undefined
    const name = `${inbox.name}\n${target}`
    let known = lanes.get(name)
    if (!known) {
      const pace = paceOf(inbox)
      const context = () => active.find((other) => other.inbox === inbox)?.context ?? each.context
      known = targetQueue({
        inbox,
        target,
        pace,
        circuit: circuit({ ...circuitOptions, atOnce: pace.concurrency }),
        hostCircuit: () => hostCircuit(inbox, target, context()),
        deliveryStore,
        settlements: written,
        event: reader.event,
        leftToAnother: (event) => looking.leftToAnother(inbox, event),
        context,
        now,
        random,
        onGone: (why) => {
          const settings = inbox.withoutTarget?.(context().settings, target)
          if (settings === undefined) return
          const called = inbox.targetName?.(target, context()) ?? target
          deliveryStore.switchOff(inbox.name, target, settings, `${called} was switched off. ${why}`)
          readLedger()
        },
        onFree: () => {
          options.onProgress?.()
          wake()
        },
      })
      lanes.set(name, known)
    }
    return known
  }

  /** Starts what may be delivered. @returns when something else comes due, in milliseconds since 1970. */
  function deliver(): number | undefined {
    let next: number | undefined
    rounds += 1
    for (const each of active) {
      if (each.inbox.inline) continue
      const { name } = each.inbox
      const targets = waitingTargets.get(name) ?? deliveryStore.targets(name)
      waitingTargets.set(name, targets)
      // Each time another one first: what they share (a host) is not for the first in the alphabet alone.
      const first = targets.length === 0 ? 0 : rounds % targets.length
      for (const target of [...targets.slice(first), ...targets.slice(0, first)]) {
        const due = laneOf(each, target)?.pump(draining)
        if (due !== undefined) next = Math.min(next ?? due, due)
      }
    }
    return next
  }

  function underWay(): number {
    return [...lanes.values()].reduce((sum, each) => sum + each.underWay, 0)
  }

  function step(): void {
    scheduled = false
    if (stopped) return
    clearTimeout(timer)
    try {
      const more = dispatch()
      const due = deliver()
      if (more) {
        options.onProgress?.()
        wake()
        return
      }
      if (underWay() === 0) idle.resolve()
      const sleep =
        due === undefined ? longestSleepMillis : Math.min(longestSleepMillis, Math.max(due - now(), 1))
      timer = setTimeout(wake, sleep)
      timer.unref()
    } catch (error) {
      // A full disk, a log that is being rebuilt: everything is still where it was, and is tried again.
      console.error('the inboxes could not go on:', error)
      timer = setTimeout(wake, 1_000)
      timer.unref()
    }
  }

  function wake(): void {
    if (scheduled || stopped) return
    scheduled = true
    setImmediate(step)
  }

  readLedger()
  return {
    wake,
    refresh() {
      if (stopped) return
      readLedger()
      deliveryStore.pullBack()
      for (const each of lanes.values()) each.reset()
      wake()
    },
    async drain() {
      draining = true
      try {
        do {
          idle = Promise.withResolvers<void>()
          wake()
          await idle.promise
        } while (!stopped && (active.some((each) => each.position < reader.position()) || underWay() > 0))
      } finally {
        draining = false
      }
    },
    position: () =>
      active.length === 0 ? reader.position() : Math.min(...active.map((each) => each.position)),
    async stop() {
      stopped = true
      clearTimeout(timer)
      idle.resolve()
      await Promise.all([...lanes.values()].map((each) => each.stop()))
      await Promise.allSettled(options.inboxes().map((inbox) => inbox.close?.()))
      written.flush()
    },
  }
}
