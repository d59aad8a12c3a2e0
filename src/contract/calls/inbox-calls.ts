import { z } from 'zod'
import { issueId } from '#core/values/ids.ts'
import {
  type DeliveryPage,
  type DeliveryPlotView,
  deliveryStates,
  type InboxView,
  type NoticePage,
} from '../answers/inbox-answers.ts'
import { type Call, call, instant, limit, none } from './call.ts'

const inboxName = z.string().min(1).max(100)
const noticeIds = z.array(z.int().positive()).min(1).max(500)
/** Some by id, all of one inbox, or all. */
const whichDead = z.union([
  z.strictObject({ ids: z.array(z.int().positive()).min(1).max(1_000) }),
  z.strictObject({ inbox: inboxName }),
  z.strictObject({ all: z.literal(true) }),
])

/** The calls about inboxes, what they deliver, and what they tell the person who sits here. */
export const inboxCalls = {
  'inboxes.list': call<readonly InboxView[]>()(none),
  /**
   * Changes what is given and leaves the rest. Settings are checked by the inbox's own schema; a secret that is `null` is taken away, and
   * none ever comes back.
   */
  'inboxes.configure': call<InboxView>()(
    z.strictObject({
      name: inboxName,
      enabled: z.boolean().optional(),
      settings: z.record(z.string().max(100), z.json()).optional(),
      secrets: z.record(z.string().max(200), z.string().min(1).max(10_000).nullable()).optional(),
    }),
  ),
  /** Sends something harmless. `target` names one of several (an endpoint, a route). */
  'inboxes.test': call<{ readonly ok: boolean; readonly detail: string }>()(
    z.strictObject({ name: inboxName, target: z.string().max(200).optional() }),
  ),
  'inboxes.pause': call<InboxView>()(z.strictObject({ name: inboxName })),
  'inboxes.resume': call<InboxView>()(z.strictObject({ name: inboxName })),
  /** Has an inbox look again at everything recorded after an instant. Imported history is still passed over. */
  'inboxes.backfill': call<InboxView>()(z.strictObject({ name: inboxName, since: instant })),
  /** Trusts a user inbox's file as it is now, or no longer. */
  'inboxes.trust': call<InboxView>()(
    z.strictObject({ name: inboxName, hash: z.string().length(64), trusted: z.boolean() }),
  ),
  /** Starts the worker again after it was given up. */
  'inboxes.restart': call<null>()(none),
  /** Newest first. */
  'deliveries.list': call<DeliveryPage>()(
    z.strictObject({
      inbox: inboxName.optional(),
      state: z.enum([...deliveryStates, 'retrying']).optional(),
      target: z.string().max(200).optional(),
      limit,
      before: z.int().positive().optional(),
    }),
  ),
  /** Dead letters (or all of an inbox's, or all there are) are tried again, under the same keys. */
  'deliveries.replay': call<{ readonly count: number }>()(whichDead),
  'deliveries.discard': call<{ readonly count: number }>()(whichDead),
  'deliveries.plot': call<DeliveryPlotView>()(
    z.strictObject({
      inbox: inboxName.optional(),
      hours: z
        .int()
        .min(1)
        .max(24 * 90)
        .default(24),
      buckets: z.int().min(1).max(400).default(96),
    }),
  ),
  /** The in-app inbox, newest first. */
  'notices.list': call<NoticePage>()(
    z.strictObject({
      show: z.enum(['inbox', 'snoozed', 'done']).default('inbox'),
      limit,
      before: z.int().positive().optional(),
    }),
  ),
  /** `inbox` takes it back from done or snoozed. */
  'notices.mark': call<{ readonly unread: number }>()(
    z.strictObject({ ids: noticeIds, as: z.enum(['read', 'unread', 'done', 'inbox']) }),
  ),
  /** Whatever is new on an issue counts as read: the person looks at it. */
  'notices.read': call<{ readonly unread: number }>()(z.strictObject({ issueId })),
  'notices.snooze': call<{ readonly unread: number }>()(z.strictObject({ ids: noticeIds, until: instant })),
} as const satisfies Record<string, Call>
