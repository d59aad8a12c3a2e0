import type { InboxView } from '#contract/answers/inbox-answers.ts'
import { type Result, refuse } from '#core/values/refusal.ts'
import { changeTrust } from '#inboxes/own/own-inbox-trust.ts'
import { forgetFormerTrust } from '#inboxes/store/former-trust.ts'
import { clearTrouble, rewindInbox } from '#inboxes/store/inbox-rows.ts'
import type { InboxDatabase } from '#inboxes/store/open-store.ts'
import { findInbox, findOwnFile } from './find-inbox.ts'
import { type InboxServiceContext, openInboxStore, ownInboxPlace } from './inbox-service-context.ts'
import { inboxView } from './inbox-view.ts'

/** Changes an inbox's row and tells the worker. */
export function changeInbox(
  context: InboxServiceContext,
  name: string,
  change: (database: InboxDatabase) => void,
): Result<InboxView> {
  const inbox = findInbox(context, name)
  if (!inbox.ok) return inbox
  change(openInboxStore(context).database)
  context.worker.refresh()
  return inboxView(context, name)
}

/** Moves an inbox back to the first event since a time. */
export function rewindInboxToTime(
  context: InboxServiceContext,
  name: string,
  since: number,
): Result<InboxView> {
  const position = context.workspace.database.client
    .prepare('SELECT coalesce(min(position), 0) - 1 FROM events WHERE hlc >= ?')
    .pluck()
    .get(Math.floor(since) * 1_024) as number
  return changeInbox(context, name, (database) =>
    rewindInbox(database, name, position < 0 ? context.workspace.log.position() : position),
  )
}

/**
 * Trusts a user inbox's file with that content, or no longer.
 * @param unconfined whether the person agreed that it runs where Docket can't confine it.
 */
export function trustOwnInbox(
  context: InboxServiceContext,
  name: string,
  hash: string,
  trusted: boolean,
  unconfined = false,
): Result<InboxView> {
  const own = findOwnFile(context, name)
  if (!own) return refuse('unknown_inbox', `There is no inbox "${name}" in the workspace’s folder.`)
  if (trusted && own.hash !== hash)
    return refuse(
      'concurrency',
      `${own.file} was changed since you looked at it. Look again, then trust it.`,
      { hash: own.hash },
    )
  changeTrust(
    ownInboxPlace(context),
    name,
    trusted ? { hash, at: Date.now(), unconfined } : { hash: null, unconfined: false },
  )
  const { database } = openInboxStore(context)
  forgetFormerTrust(database, name)
  clearTrouble(database, name)
  context.worker.refresh()
  return inboxView(context, name)
}
