import { inTotalOrder } from '#core/clock.ts'
import type { RecordedEvent } from '#core/event.ts'
import { foldIssue, type IssueEvent, untouching } from '#core/evolve.ts'
import type { Position } from '#core/ids.ts'
import type { IssueState } from '#core/issue-state.ts'
import { sameJson } from '#core/same-json.ts'
import type { EventReader } from '#db/event-log.ts'

/** So many events are looked through; after more than that, whoever looks wants the order of now anyway. */
const lookedThrough = 100

/** What a person sees of an issue, and what filters ask of it; when it last changed is left out. */
const seenOf = (state: IssueState) => ({
  exists: state.exists,
  archived: state.archived,
  title: state.title,
  description: state.description,
  priority: state.priority,
  dueDate: state.dueDate,
  project: state.project,
  status: state.status,
  assignees: state.assignees,
  labels: state.labels,
  links: state.links,
  fields: state.fields,
  comments: Object.values(state.comments).flatMap(({ id, deleted, bodyEventId }) =>
    deleted ? [] : [[id, bodyEventId]],
  ),
})

/** Which issues were changed since a position and are again what they were then, as after a change and its undo. Of many changes it says nothing. */
export function takenBack(log: EventReader, since: Position): readonly string[] {
  const later = log.readAll(since, lookedThrough + 1)
  if (later.length > lookedThrough) return []
  const touched = new Set(
    later.flatMap(({ streamType, streamId, type }) =>
      streamType === 'issue' && !untouching.has(type) ? [streamId] : [],
    ),
  )
  return [...touched].filter((id) => {
    const events: RecordedEvent[] = inTotalOrder(log.readStream({ id, type: 'issue' }))
    const fold = (some: readonly RecordedEvent[]) => seenOf(foldIssue(id, some as unknown as IssueEvent[]))
    return sameJson(fold(events.filter(({ position }) => position <= since)), fold(events))
  })
}
