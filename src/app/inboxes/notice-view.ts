import type { NoticeView } from '#contract/answers/inbox-answers.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { eventSentence } from '#inboxes/shared/event-sentence.ts'
import type { KeptNotice } from '#inboxes/store/notice-store.ts'
import { namedThing } from '../workspace/display-name.ts'
import { type InboxServiceContext, openInboxStore } from './inbox-service-context.ts'

/** How many of an issue's events are searched for the one that a notice is about. */
const searchedBack = 200
const noticeTextLength = 200

/** What a notice is about: the newest event that its reason names, where later and lesser ones came after it; else the latest. */
function eventForReason(
  context: InboxServiceContext,
  { streamId, reason }: KeptNotice,
  latest: RecordedEvent,
): RecordedEvent {
  if (reason !== 'mentioned' && reason !== 'assigned') return latest
  const { memberId } = context.workspace.me
  const isMeant = ({ type, data, waiting }: RecordedEvent): boolean => {
    if (waiting) return false
    const { mentions, memberId: assignee } = data as { mentions?: readonly string[]; memberId?: string }
    return reason === 'mentioned'
      ? (mentions?.includes(memberId) ?? false)
      : type === 'assigned' && assignee === memberId
  }
  if (isMeant(latest)) return latest
  const ref = { type: 'issue', id: streamId } as const
  const fromVersion = Math.max(1, context.workspace.log.streamVersion(ref) - searchedBack)
  return context.workspace.log.readStream(ref, { fromVersion }).findLast(isMeant) ?? latest
}

/** A notice with what it is about; `undefined` where that is no longer here. */
export function noticeView(context: InboxServiceContext, kept: KeptNotice): NoticeView | undefined {
  const { reader } = openInboxStore(context)
  const latest = reader.event(kept.latestEventId)
  if (!latest) return undefined
  const event = kept.text === null && kept.events > 1 ? eventForReason(context, kept, latest) : latest
  const issue = event.streamType === 'issue' ? reader.issue(kept.streamId) : undefined
  if (issue && !issue.exists) return undefined
  const of = namedThing(context.workspace, { type: event.streamType, id: kept.streamId }, [event])
  return {
    id: kept.id,
    of,
    issue: issue ? { id: of.id, key: of.name, title: issue.title, status: issue.status } : null,
    reason: kept.reason,
    state: kept.state,
    snoozedUntil: kept.snoozedUntil,
    events: kept.events,
    latest: {
      eventId: event.id,
      type: event.type,
      actorId: event.actorId,
      occurredAt: event === latest ? kept.latestAt : event.occurredAt,
      text: kept.text ?? eventSentence(event, reader, noticeTextLength),
    },
  }
}
