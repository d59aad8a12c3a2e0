import { done, type Result, refuse } from '#core/values/refusal.ts'
import type { Inbox } from '#inboxes/contract/inbox.ts'
import { type OwnInboxFile, ownInboxFiles } from '#inboxes/own/own-inbox-files.ts'
import { isOutgoing, maySend } from '#inboxes/own/sends-from-here.ts'
import type { InboxRecord } from '#inboxes/store/inbox-rows.ts'
import { type InboxServiceContext, openInboxStore, ownInboxPlace } from './inbox-service-context.ts'

/** Finds a user inbox's file in the workspace's folder, as it is now. */
export const findOwnFile = (context: InboxServiceContext, name: string): OwnInboxFile | undefined =>
  name.startsWith('own-')
    ? ownInboxFiles(ownInboxPlace(context)).find((each) => each.name === name)
    : undefined

/** Whether an inbox is on: what the folder says, and of a user's file also what this computer says. */
export const isOn = (row: Pick<InboxRecord, 'enabled'>, file: OwnInboxFile | undefined): boolean =>
  row.enabled && (file?.trust.on ?? true)

/**
 * Whether an outgoing inbox waits until the person agrees: the folder came from elsewhere. A secret that opens here was entered here, which
 * speaks for a folder that an earlier Docket made.
 */
export function awaitsConsent(context: InboxServiceContext, inbox: Inbox): boolean {
  if (!isOutgoing(inbox) || maySend(ownInboxPlace(context), inbox.name)) return false
  return Object.keys(openInboxStore(context).secrets.all()).length === 0
}

/** Lists the inboxes that Docket ships and those in the workspace's folder, and makes sure that each has its row in `inboxes.db`. */
export function allInboxes(context: InboxServiceContext): readonly Inbox[] {
  const { own, deliveries } = openInboxStore(context)
  const all = [...context.shipped, ...own.list()]
  for (const inbox of all) deliveries.ensure(inbox.name, context.workspace.log.position(), inbox.onByDefault)
  return all
}

/** Finds an inbox by its name. Refuses with `unknown_inbox`. */
export function findInbox(context: InboxServiceContext, name: string): Result<Inbox> {
  const all = allInboxes(context)
  const inbox = all.find((each) => each.name === name)
  return inbox
    ? done(inbox)
    : refuse(
        'unknown_inbox',
        `There is no inbox "${name}". There are ${all.map((each) => each.name).join(', ')}.`,
      )
}
