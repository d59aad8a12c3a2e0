import type { RecordedEvent } from '#core/events/event.ts'
import { inTotalOrder } from '#core/events/event-order.ts'
import { factsOf } from '#core/events/shipped-facts.ts'
import { foldIssue } from '#core/issue/evolve.ts'
import { allFieldValues } from '#core/issue/fields/fields.ts'
import type { IssueEvent } from '#core/issue/issue-event.ts'
import type { Position } from '#core/values/ids.ts'
import { sameJson } from '#core/values/same-json.ts'
import type { EventReader } from '#db/log/event-log.ts'

/** So many events are looked through; after more than that, whoever looks wants the order of now anyway. */
const lookedThrough = 100

/** What a person sees of an issue, and what filters ask of it; when it last changed is left out. */
function seenAfter(id: string, events: readonly RecordedEvent[]) {
  const state = foldIssue(id, events as unknown as IssueEvent[])
  const { exists, archived, description, status, assignees, labels, links, fields } = state
  return {
    ...allFieldValues(state),
    exists,
    archived,
    description,
    status,
    assignees,
    labels,
    links,
    fields,
    comments: Object.values(state.comments).flatMap((comment) =>
      comment.deleted ? [] : [[comment.id, comment.bodyEventId]],
    ),
    // No fold keeps these.
    files: events.filter(({ type, waiting }) => type === 'attached' || waiting !== undefined).length,
  }
}

/** Which issues were changed since a position and are again what they were then, as after a change and its undo. Of many changes it says nothing. */
export function takenBack(log: EventReader, since: Position): readonly string[] {
  const later = log.readAll(since, lookedThrough + 1)
  if (later.length > lookedThrough) return []
  const touched = new Set(
    later.flatMap(({ streamType, streamId, type }) =>
      streamType === 'issue' && factsOf(type).touches !== 'nothing' ? [streamId] : [],
    ),
  )
  return [...touched].filter((id) => {
    const events = inTotalOrder(log.readStream({ id, type: 'issue' }))
    const before = events.filter(({ position }) => position <= since)
    return sameJson(seenAfter(id, before), seenAfter(id, events))
  })
}
