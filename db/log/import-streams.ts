import type { NewEvent } from '#core/events/event.ts'
import { checkPlace, currentVersion, putEvents } from './append.ts'
import type { LogContext } from './log-context.ts'
import { historySetting } from './rows/directory-settings.ts'
import { origins } from './rows/event-columns.ts'
import type { ForeignEvent, ForeignStream } from './sqlite-log.ts'
import { transact } from './transact.ts'

/** The lowest number that no issue has had; `undefined` where a server gives them. */
export function nextNumber(context: LogContext): number | undefined {
  const { readSetting, highestNumber } = context.statements
  if (readSetting.get({ name: historySetting })) return undefined
  return (highestNumber.get()?.number ?? 0) + 1
}

/** A foreign issue keeps its number where that is free, else takes the next; a server that gives numbers gives it one. */
function numbered(context: LogContext, event: ForeignEvent): ForeignEvent {
  const { numberTaken } = context.statements
  if (event.type !== 'created') return event
  const { number: wanted, ...rest } = event.data as { number?: number }
  const free = nextNumber(context)
  if (free === undefined) return { ...event, data: rest }
  if (wanted !== undefined && !numberTaken.get({ number: wanted })) return event
  return { ...event, data: { ...rest, number: free } }
}

/** Appends foreign history in one transaction; events that are in the log already are passed over. @throws InvalidEventError, with nothing written. */
export function importStreams(context: LogContext, streams: readonly ForeignStream[]) {
  return transact(context, () => {
    let [appended, skipped, issues] = [0, 0, 0]
    for (const { streamType, streamId, events } of streams) {
      const stream = { type: streamType, id: streamId }
      const version = (event: NewEvent): number =>
        (event as ForeignEvent).schemaVersion ?? currentVersion(context, event)
      for (const event of events) checkPlace(context, stream, event, version(event))
      const list = events.map((event) => numbered(context, event))
      const recorded = putEvents(context, stream, list, version, origins.imported)
      appended += recorded.length
      skipped += events.length - recorded.length
      if (recorded.some((event) => event.type === 'created')) issues += 1
    }
    return { appended, skipped, issues }
  })
}
