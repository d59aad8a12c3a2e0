import type { NoticeReason } from '#contract/answers/inbox-answers.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { audience, reasonToTell, type TellingReason } from '#core/issue/audience.ts'
import type { WorkspaceReader } from '../contract/workspace-reader.ts'

/** How many causes are followed back: more than automation may chain. */
const longestChain = 32
/** Stands for nobody: what a rule did by the clock is nobody's own doing. */
const nobody = ''

/**
 * Whose doing an event is. What automation did is the doing of whoever set it off, whatever member it was recorded for; what it did by the
 * clock is nobody's.
 */
function doneBy(event: RecordedEvent, workspace: WorkspaceReader): string {
  let cause: RecordedEvent | undefined = event
  for (let steps = 0; steps < longestChain && cause?.metadata.triggeredBy === 'automation'; steps++) {
    const causedBy: string | undefined = cause.metadata.causationId
    cause = causedBy === undefined ? undefined : workspace.event(causedBy)
  }
  return cause?.actorId ?? nobody
}

/** Whether an event goes back to the clock: a rule's doing that nobody set off, which every copy of a workspace finds for itself. */
export const isByTheClock = (event: RecordedEvent, workspace: WorkspaceReader): boolean =>
  doneBy(event, workspace) === nobody

/** Everybody who is told of an event, and why; nobody of what is no change of an issue, or waits. */
export function told(event: RecordedEvent, workspace: WorkspaceReader): ReadonlyMap<string, TellingReason> {
  if (event.streamType !== 'issue' || event.waiting) return new Map()
  return audience(workspace.issueAfter(event), { ...event, actorId: doneBy(event, workspace) })
}

/**
 * Why an event is in the inbox of the member who sits at this replica, or `null`: beside what `reasonForMe` says of issues, one that takes the
 * effect from their own change of a label, a project, a member, a rule or the workspace.
 */
export function noticeReason(event: RecordedEvent, workspace: WorkspaceReader): NoticeReason | null {
  if (event.streamType === 'issue') return reasonForMe(event, workspace)
  if (event.waiting || event.actorId === workspace.me) return null
  const lost = workspace.lostTo(event).some(({ actorId }) => actorId === workspace.me)
  return lost ? 'superseded' : null
}

/**
 * Why the member who sits at this replica is told of an event of an issue, or `null`. Beside what `told` says: an event that takes the effect
 * from a change of their own.
 */
export function reasonForMe(event: RecordedEvent, workspace: WorkspaceReader): NoticeReason | null {
  if (event.streamType !== 'issue' || event.waiting) return null
  const { me } = workspace
  const actorId = doneBy(event, workspace)
  if (actorId !== me) {
    const { superseded, conflicts } = workspace.issue(event.streamId)
    const lost = [
      ...superseded.flatMap(({ eventId, by }) => (by === event.id ? eventId : [])),
      ...conflicts.flatMap((conflict) => (conflict.won === event.id ? conflict.lost : [])),
    ]
    if (lost.some((eventId) => workspace.event(eventId)?.actorId === me)) return 'superseded'
  }
  return reasonToTell(workspace.issueAfter(event), { ...event, actorId }, me)
}
