import type { DeliveryView } from '#contract/answers/inbox-answers.ts'
import type { DeliveringInbox } from '#inboxes/contract/inbox.ts'
import type { KeptDelivery } from '#inboxes/store/delivery-log.ts'
import { allInboxes } from './find-inbox.ts'
import { type InboxServiceContext, openInboxStore } from './inbox-service-context.ts'

function targetName(
  context: InboxServiceContext,
  inbox: DeliveringInbox | undefined,
  delivery: KeptDelivery,
): string {
  const { reader, deliveries } = openInboxStore(context)
  const member = reader.entity('member', delivery.target)
  if (member) return member.name
  if (!inbox?.targetName || inbox.inline) return delivery.target
  const row = deliveries.inboxes().find((each) => each.name === inbox.name)
  const settings = inbox.settings.safeParse(row?.settings)
  if (!settings.success) return delivery.target
  const unused = () => {
    throw new Error('a name is looked up without a worker')
  }
  return inbox.targetName(delivery.target, {
    settings: settings.data,
    secret: () => undefined,
    workspace: reader,
    host: { execute: unused, notify: unused },
    notices: { add: unused },
    effects: { notice: unused, enqueue: unused },
    now: Date.now,
  })
}

/** A delivery with the names of its target, event and issue. */
export function deliveryView(context: InboxServiceContext, kept: KeptDelivery): DeliveryView {
  const { reader } = openInboxStore(context)
  const { eventId, streamId, position, ...delivery } = kept
  const event = reader.event(eventId)
  const issue = reader.issue(streamId)
  return {
    ...delivery,
    targetName: targetName(
      context,
      allInboxes(context).find((each) => each.name === kept.inbox) as DeliveringInbox,
      kept,
    ),
    event: { id: eventId, position, type: event?.type ?? 'unknown' },
    issue: issue.exists ? { id: streamId, key: reader.issueKey(streamId), title: issue.title } : null,
  }
}
