import type {
  DeliveryAttempt,
  DeliveryPlotView,
  DeliveryState,
  DeliveryView,
} from '#contract/answers/inbox-answers.ts'
import type { CallRequest } from '#contract/calls.ts'
import { uuidText } from '#db/sqlite/uuid-bytes.ts'
import type { InboxDatabase } from './open-store.ts'

/** A delivery as it is kept, before the event and the issue behind it are looked up. */
export type KeptDelivery = Omit<DeliveryView, 'event' | 'issue' | 'targetName'> & {
  readonly eventId: string
  readonly streamId: string
  readonly position: number
}

/** How an inbox fares, from its deliveries. */
export type InboxHealth = {
  readonly waiting: number
  readonly retrying: number
  readonly dead: number
  /** Done in the last five minutes. */
  readonly doneLately: number
  /** Why something waits for somebody, where anything does. */
  readonly held: string | null
}

const states: readonly DeliveryState[] = ['waiting', 'done', 'skipped', 'dead', 'discarded']
const dead = 3
const discarded = 4
const minuteMillis = 60_000
const hourMillis = 60 * minuteMillis
const lately = 5

type Row = {
  id: number
  inbox: string
  target: string
  stream: Buffer
  event_id: Buffer
  position: number
  key: Buffer
  state: number
  attempts: number
  due: number
  created_at: number
  ended_at: number | null
  detail: string | null
}

type Which = CallRequest<'deliveries.replay'>

/** What was delivered and what was not, as a person reads it, and what they may do about it. */
export function deliveryLog({ client }: InboxDatabase, now: () => number) {
  const attemptsOf = client.prepare(
    'SELECT number, at, millis, outcome, detail FROM attempts WHERE delivery = ? ORDER BY at, number',
  )
  const counts = client.prepare(
    `SELECT inbox, state, attempts > 0 AS tried, count(*) AS count FROM deliveries WHERE state IN (0, 3) GROUP BY inbox, state, tried`,
  )
  const heldBy = client.prepare(
    `SELECT inbox, max(detail) AS why FROM deliveries WHERE state = 0 AND held = 1 GROUP BY inbox`,
  )
  const doneSince = client.prepare(
    `SELECT inbox, sum(done) AS done FROM minutes WHERE minute > ? GROUP BY inbox`,
  )
  const replay = `state = 0, attempts = 0, due = @at, due_set_at = @at, ended_at = NULL`
  const discard = `state = ${discarded}, ended_at = @at`

  function change(set: string, which: Which): number {
    const at = now()
    if ('ids' in which) {
      const one = client.prepare(`UPDATE deliveries SET ${set} WHERE id = @id AND state = ${dead}`)
      return client
        .transaction(() => which.ids.reduce((sum, id) => sum + one.run({ id, at }).changes, 0))
        .immediate()
    }
    const where = 'inbox' in which ? 'AND inbox = @inbox' : ''
    const values = 'inbox' in which ? { at, inbox: which.inbox } : { at }
    return client.prepare(`UPDATE deliveries SET ${set} WHERE state = ${dead} ${where}`).run(values).changes
  }

  return {
    /** Newest first; `next` is handed back as `before`. */
    list({ inbox, state, target, limit, before }: CallRequest<'deliveries.list'>): {
      readonly rows: readonly KeptDelivery[]
      readonly next: number | null
    } {
      const conditions = ['id < @before']
      if (inbox !== undefined) conditions.push('inbox = @inbox')
      if (target !== undefined) conditions.push('target = @target')
      if (state === 'retrying') conditions.push('state = 0 AND attempts > 0')
      else if (state !== undefined) conditions.push(`state = ${states.indexOf(state)}`)
      const rows = client
        .prepare(`SELECT * FROM deliveries WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT @limit`)
        .all({
          before: before ?? Number.MAX_SAFE_INTEGER,
          limit,
          ...(inbox === undefined ? {} : { inbox }),
          ...(target === undefined ? {} : { target }),
        }) as Row[]
      return {
        rows: rows.map(
          (row): KeptDelivery => ({
            id: row.id,
            inbox: row.inbox,
            target: row.target,
            key: uuidText(row.key),
            state: states[row.state] ?? 'waiting',
            attempts: row.attempts,
            createdAt: row.created_at,
            endedAt: row.ended_at,
            due: row.state === 0 ? row.due : null,
            detail: row.detail,
            log: attemptsOf.all(row.id) as DeliveryAttempt[],
            eventId: uuidText(row.event_id),
            streamId: uuidText(row.stream),
            position: row.position,
          }),
        ),
        next: rows.length === limit ? (rows.at(-1)?.id ?? null) : null,
      }
    },
    health(): ReadonlyMap<string, InboxHealth> {
      const health = new Map<string, { -readonly [K in keyof InboxHealth]: InboxHealth[K] }>()
      const of = (inbox: string) => {
        const known = health.get(inbox) ?? { waiting: 0, retrying: 0, dead: 0, doneLately: 0, held: null }
        health.set(inbox, known)
        return known
      }
      for (const row of counts.all() as { inbox: string; state: number; tried: number; count: number }[]) {
        if (row.state === dead) of(row.inbox).dead += row.count
        else {
          of(row.inbox).waiting += row.count
          if (row.tried) of(row.inbox).retrying += row.count
        }
      }
      const since = Math.floor(now() / minuteMillis) - lately
      for (const { inbox, done } of doneSince.all(since) as { inbox: string; done: number }[])
        of(inbox).doneLately = done
      for (const { inbox, why } of heldBy.all() as { inbox: string; why: string }[]) of(inbox).held = why
      return health
    },
    /** Tries dead letters again, from the first attempt on, under the same keys. @returns how many. */
    replay: (which: Which) => change(replay, which),
    /** Takes dead letters off the list; they stay in the log. @returns how many. */
    discard: (which: Which) => change(discard, which),
    plot({ inbox, hours, buckets }: CallRequest<'deliveries.plot'>): DeliveryPlotView {
      const bucketMillis = Math.max(
        minuteMillis,
        Math.ceil((hours * hourMillis) / buckets / minuteMillis) * minuteMillis,
      )
      const from = Math.floor(now() / bucketMillis) * bucketMillis - (buckets - 1) * bucketMillis
      const rows = client
        .prepare(
          `SELECT CAST((minute * ${minuteMillis} - @from) / @size AS INTEGER) AS bucket, sum(done) AS done, sum(failed) AS failed, sum(dead) AS dead
           FROM minutes WHERE minute >= @from / ${minuteMillis} ${inbox === undefined ? '' : 'AND inbox = @inbox'} GROUP BY bucket`,
        )
        .all({ from, size: bucketMillis, ...(inbox === undefined ? {} : { inbox }) }) as {
        bucket: number
        done: number
        failed: number
        dead: number
      }[]
      const byBucket = new Map(rows.map(({ bucket, ...counts }) => [bucket, counts]))
      return {
        from,
        bucketMillis,
        buckets: Array.from(
          { length: buckets },
          (_, bucket) => byBucket.get(bucket) ?? { done: 0, failed: 0, dead: 0 },
        ),
      }
    },
  }
}
