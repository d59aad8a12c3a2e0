import type { NoticeReason } from '#contract/answers/inbox-answers.ts'
import { uuidBytes, uuidText } from '#db/sqlite/uuid-bytes.ts'
import type { NoticeBook } from '../contract/notice-book.ts'
import type { InboxDatabase } from './open-store.ts'

/** A line of the in-app inbox as it is kept: one an issue, or what else a change had no effect on. Times in milliseconds since 1970. */
export type KeptNotice = {
  readonly id: number
  readonly streamId: string
  readonly reason: NoticeReason
  readonly state: NoticeState
  readonly snoozedUntil: number | null
  readonly events: number
  readonly latestEventId: string
  readonly latestPosition: number
  readonly latestAt: number
  readonly text: string | null
}

export type NoticeState = 'unread' | 'read' | 'done'
/** Which notices a list shows: `inbox` those that are neither done nor put off. */
export type NoticeShow = 'inbox' | 'snoozed' | 'done'

const states = ['unread', 'read', 'done'] as const
const stateNumber = { unread: 0, read: 1, done: 2 } as const satisfies Record<NoticeState, number>
/** The strongest first: the one that is shown for several. */
const strength: readonly NoticeReason[] = ['mentioned', 'assigned', 'superseded', 'rule', 'subscribed']

type Row = {
  id: number
  issue: Buffer
  reason: string
  state: number
  snoozed_until: number | null
  events: number
  latest_event: Buffer
  latest_position: number
  latest_at: number
  text: string | null
}

const kept = (row: Row): KeptNotice => ({
  id: row.id,
  streamId: uuidText(row.issue),
  reason: row.reason as NoticeReason,
  state: states[row.state] ?? 'unread',
  snoozedUntil: row.snoozed_until,
  events: row.events,
  latestEventId: uuidText(row.latest_event),
  latestPosition: row.latest_position,
  latestAt: row.latest_at,
  text: row.text,
})

/** The in-app inbox in `inboxes.db`. */
export type Notices = NoticeBook & {
  /** Newest first, by the newest event of each. @param before the `latestPosition` of the last one shown. */
  list(show: NoticeShow, limit: number, before?: number): readonly KeptNotice[]
  unread(): number
  /** @param as `inbox` takes it back from done or snoozed, read. @returns how many changed. */
  setState(ids: readonly number[], as: NoticeState | 'inbox'): number
  /** Whatever is new on it was read. @returns whether anything was. */
  read(streamId: string): boolean
  /** Hides them until an instant, in milliseconds; then they come back unread. */
  snooze(ids: readonly number[], until: number): number
  /** When the next snoozed one comes back, or `undefined`. */
  nextWaking(): number | undefined
  /**
   * The log is another than the one that these came from. What is new on their issues is newer than `end`, where that log ended when it was
   * found; what is gone from it can't be shown, so it counts as read.
   */
  relocate(positionOf: (eventId: string) => number | undefined, end: number): void
}

export function noticeStore({ client }: InboxDatabase, now: () => number): Notices {
  const known = client.prepare(`SELECT * FROM notices WHERE issue = ?`)
  const insert = client.prepare(
    `INSERT INTO notices (issue, reason, state, events, latest_event, latest_position, latest_at, text)
     VALUES (@issue, @reason, 0, 1, @event, @position, @at, @text)`,
  )
  const update = client.prepare(
    `UPDATE notices SET reason = @reason, state = 0, snoozed_until = CASE WHEN snoozed_until > @now THEN snoozed_until END,
       events = @events, latest_event = @event, latest_position = @position, latest_at = @at, text = @text WHERE id = @id`,
  )
  const shown: Record<NoticeShow, string> = {
    inbox: 'state < 2 AND (snoozed_until IS NULL OR snoozed_until <= @now)',
    snoozed: 'state < 2 AND snoozed_until > @now',
    done: 'state = 2',
  }
  const listOf = (show: NoticeShow) =>
    client.prepare(
      `SELECT * FROM notices WHERE ${shown[show]} AND latest_position < @before AND @now = @now ORDER BY latest_position DESC LIMIT @limit`,
    )
  const lists = { inbox: listOf('inbox'), snoozed: listOf('snoozed'), done: listOf('done') }
  const countUnread = client
    .prepare(`SELECT count(*) FROM notices WHERE state = 0 AND (snoozed_until IS NULL OR snoozed_until <= ?)`)
    .pluck()
  const setStateOf = client.prepare(
    `UPDATE notices SET state = ?, snoozed_until = NULL, events = CASE WHEN ? = 0 THEN events ELSE 0 END WHERE id = ?`,
  )
  const readIssue = client.prepare(`UPDATE notices SET state = 1, events = 0 WHERE issue = ? AND state = 0`)
  const setSnooze = client.prepare(`UPDATE notices SET state = 0, snoozed_until = ? WHERE id = ?`)
  const waking = client
    .prepare(`SELECT min(snoozed_until) FROM notices WHERE state < 2 AND snoozed_until > ?`)
    .pluck()

  const every = client.prepare('SELECT * FROM notices')
  const place = client.prepare(
    'UPDATE notices SET latest_position = ?, state = CASE WHEN ? AND state = 0 THEN 1 ELSE state END WHERE id = ?',
  )

  return {
    relocate: client.transaction((positionOf: (eventId: string) => number | undefined, end: number) => {
      for (const row of every.all() as Row[]) {
        const at = positionOf(uuidText(row.latest_event))
        place.run(at ?? end, at === undefined ? 1 : 0, row.id)
      }
    }).immediate,
    add(notice) {
      const issue = uuidBytes(notice.streamId)
      const before = known.get(issue) as Row | undefined
      const values = {
        event: uuidBytes(notice.eventId),
        position: notice.position,
        at: notice.occurredAt,
        text: notice.text ?? null,
      }
      if (!before) {
        insert.run({ ...values, issue, reason: notice.reason })
        return
      }
      // The log is read in order: what is not newer was added before.
      if (notice.position < before.latest_position) return
      if (notice.position === before.latest_position && notice.text === undefined) return
      const unread = before.state === 0
      const stronger = strength.find(
        (reason) => reason === notice.reason || (unread && reason === before.reason),
      )
      update.run({
        ...values,
        id: before.id,
        reason: stronger ?? notice.reason,
        events: unread ? before.events + 1 : 1,
        now: now(),
      })
    },
    list: (show, limit, before = Number.MAX_SAFE_INTEGER) =>
      (lists[show].all({ before, limit, now: now() }) as Row[]).map(kept),
    unread: () => Number(countUnread.get(now())),
    setState: client.transaction((ids: readonly number[], as: NoticeState | 'inbox') => {
      const state = stateNumber[as === 'inbox' ? 'read' : as]
      return ids.reduce((sum, id) => sum + setStateOf.run(state, state, id).changes, 0)
    }).immediate,
    read: (streamId) => readIssue.run(uuidBytes(streamId)).changes > 0,
    snooze: client.transaction((ids: readonly number[], until: number) =>
      ids.reduce((sum, id) => sum + setSnooze.run(until, id).changes, 0),
    ).immediate,
    nextWaking: () => (waking.get(now()) as number | null) ?? undefined,
  }
}
