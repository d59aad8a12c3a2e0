import type { RecordedEvent } from '#core/events/event.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import type { Inbox, InboxContext } from '../contract/inbox.ts'
import type { NewDelivery } from '../contract/new-delivery.ts'
import type { WorkspaceReader } from '../contract/workspace-reader.ts'
import type { LogReader } from '../log/log-reader.ts'
import { isByTheClock } from '../shared/recipients.ts'
import type { DeliveryStore } from '../store/delivery-store.ts'

/** How long what a rule did by the clock waits, in a team, for another copy's record of the same to arrive: whose is first tells of it. */
const copyGraceMillis = 30_000
const toldByAnother =
  'Another copy of the workspace recorded the same before this one, so that one tells of it.'

/** An inbox that can work. */
type Ready = { readonly inbox: Inbox; readonly context: InboxContext }

export type DispatcherOptions = {
  readonly deliveryStore: DeliveryStore
  readonly reader: LogReader
  readonly workspace: WorkspaceReader
  /** Whether others have copies of this workspace. */
  readonly inTeam: () => boolean
  readonly now: () => number
}

/** Asks inboxes what follows from events. */
export type Dispatcher = {
  /** What one event leads to for one inbox, in the batch's transaction. @returns whether it was done with on the spot. */
  evaluate(each: Ready, event: RecordedEvent, into: NewDelivery[]): boolean
  /** Evaluates again what an inbox failed to evaluate, where somebody replayed that. */
  reevaluate(each: Ready): void
  /** Why an event is another copy's to tell of, or `undefined`. */
  leftToAnother(inbox: Inbox, event: RecordedEvent): string | undefined
}

/** A dispatcher over the log and the delivery store. */
export function dispatcher(options: DispatcherOptions): Dispatcher {
  const { deliveryStore, reader } = options

  function graceOf({ scope }: Inbox, event: RecordedEvent): number {
    const waits =
      options.inTeam() &&
      scope === 'own' &&
      event.metadata.triggeredBy === 'automation' &&
      isByTheClock(event, options.workspace)
    return waits ? copyGraceMillis : 0
  }

  function leftToAnother({ scope }: Inbox, event: RecordedEvent): string | undefined {
    return scope !== 'own' || event.metadata.triggeredBy !== 'automation' || reader.isFirst(event)
      ? undefined
      : toldByAnother
  }

  type Evaluated = { readonly deliveries: readonly NewDelivery[]; readonly doneInline: boolean }

  /** What one event leads to for one inbox. @throws whatever the inbox throws. */
  function consequences({ inbox, context }: Ready, event: RecordedEvent): Evaluated {
    const nothing = { deliveries: [], doneInline: false }
    if (!inbox.shouldProcess(event, context)) return nothing
    if (inbox.inline) return { ...nothing, doneInline: inbox.handle(event, context).kind === 'done' }
    const gatherMillis = Math.max(inbox.gatherMillis?.(context) ?? 0, graceOf(inbox, event))
    const { streamId, id: eventId, position } = event
    const targets = inbox.targets?.(event, context) ?? [inbox.name]
    return {
      ...nothing,
      deliveries: targets.map((target) => ({
        inbox: inbox.name,
        target,
        streamId,
        eventId,
        position,
        ...(gatherMillis > 0 ? { gatherMillis } : {}),
      })),
    }
  }

  const failedToEvaluate = (error: unknown): string =>
    `It failed to look at the event: ${error instanceof Error ? error.message : String(error)}`

  function evaluate(each: Ready, event: RecordedEvent, into: NewDelivery[]): boolean {
    try {
      const { deliveries, doneInline } = consequences(each, event)
      into.push(...deliveries)
      return doneInline
    } catch (error) {
      // An event that an inbox can't evaluate is kept for a person to read and replay, and everything else goes on.
      const { name } = each.inbox
      into.push({
        inbox: name,
        target: name,
        streamId: event.streamId,
        eventId: event.id,
        position: event.position,
        // Not the key of what may come of evaluating it again.
        key: deriveId('look', name, event.id),
        dead: failedToEvaluate(error),
      })
      return false
    }
  }

  function reevaluate(each: Ready): void {
    const { name } = each.inbox
    for (const waiting of deliveryStore.waitingEvaluations(name))
      deliveryStore.reevaluate(() => {
        const { id, target, attempts } = waiting
        const base = { id, inbox: name, target, attempt: attempts + 1, at: options.now(), millis: 0 }
        const event = reader.event(waiting.eventId)
        if (!event || event.waiting)
          return {
            deliveries: [],
            end: { ...base, outcome: 'skip', detail: 'The event can’t be read here' },
          }
        try {
          const { deliveries, doneInline } = consequences(each, event)
          const detail = `Looked at again; ${deliveries.length === 1 ? 'one delivery' : `${deliveries.length} deliveries`} came of it.`
          return {
            deliveries,
            end: doneInline
              ? { ...base, outcome: 'done', detail: null }
              : { ...base, outcome: 'skip', detail },
          }
        } catch (error) {
          return {
            deliveries: [],
            end: { ...base, outcome: 'give_up', detail: failedToEvaluate(error) },
          }
        }
      })
  }

  return { evaluate, reevaluate, leftToAnother }
}
