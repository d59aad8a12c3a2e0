import type { FeedItem } from '#contract/answers/answers.ts'
import { issueKey } from '#core/issue/issue-key.ts'
import { jumpMillis } from '#db/log/clock-jumps.ts'
import type { FeedEntry } from '#db/queries/feed-entries.ts'
import type { FeedCursor } from '#db/queries/feed-query.ts'
import type { TextNaming } from '../workspace/text-names.ts'

/** A feed entry as the contract shows it. @param now what is further ahead of this clock was recorded by one that jumped. */
export function feedItem(
  { event, issue, comment, names, superseded, sentence, clockAheadMillis, clockJumpMillis }: FeedEntry,
  keyPrefix: string,
  now: number,
  textNames: TextNaming,
): FeedItem {
  const ahead = event.metadata.triggeredBy === 'import' ? 0 : event.occurredAt - now
  return {
    position: event.position,
    id: event.id,
    type: event.type,
    streamType: event.streamType,
    occurredAt: event.occurredAt,
    actorId: event.actorId,
    triggeredBy: event.metadata.triggeredBy,
    data: event.data as Record<string, unknown>,
    metadata: event.metadata,
    issue: issue ? { id: issue.id, key: issueKey(keyPrefix, issue), title: issue.title } : null,
    comment: comment && {
      id: comment.id,
      body: comment.body,
      editedAt: comment.editedAt,
      deleted: comment.deleted,
      bodyNames: (comment.imported && issue && textNames(issue.id, comment.body)) || null,
    },
    names: Object.fromEntries(
      Object.entries(names).map(([id, named]) => [
        id,
        'name' in named ? named.name : `${issueKey(keyPrefix, { id, number: named.number })} ${named.title}`,
      ]),
    ),
    superseded,
    ...(sentence === undefined ? {} : { sentence }),
    clockAheadMillis,
    clockJumpMillis: clockJumpMillis ?? (ahead > jumpMillis ? ahead : null),
    // Nothing can be erased yet; what is not here otherwise no feed shows.
    erased: false,
    waiting: event.waiting === 'unknown' ? 'unknown' : null,
  }
}

/** `occurredAt:position`, what a feed page hands out to be asked for the next. */
export const feedCursor = (item: FeedCursor): string => `${item.occurredAt}:${item.position}`

/** `undefined` for text that no page handed out. */
export function parseFeedCursor(text: string): FeedCursor | undefined {
  const match = /^(-?\d{1,16}):(\d{1,16})$/.exec(text)
  return match ? { occurredAt: Number(match[1]), position: Number(match[2]) } : undefined
}
