import type { InboxView } from '#contract/answers/inbox-answers.ts'
import type { CallRequest } from '#contract/calls.ts'
import { type Result, refuse } from '#core/values/refusal.ts'
import { changeTrust } from '#inboxes/own/own-inbox-trust.ts'
import { sendsFromHere } from '#inboxes/own/sends-from-here.ts'
import { forgetGoneTargets } from '#inboxes/store/gone-targets.ts'
import { clearTrouble, configureInbox, inStoreTransaction } from '#inboxes/store/inbox-rows.ts'
import { awaitsConsent, findInbox, findOwnFile, isOn } from './find-inbox.ts'
import { type InboxServiceContext, openInboxStore, ownInboxPlace } from './inbox-service-context.ts'
import { inboxView } from './inbox-view.ts'

/** Forgets what a receiver said of targets that a person has on again. */
function forgetEnabledTargets(context: InboxServiceContext, inbox: string, settings: unknown): void {
  const items = Object.values(settings as Readonly<Record<string, unknown>>).flatMap((list) =>
    Array.isArray(list) ? (list as readonly { readonly id?: unknown; readonly enabled?: unknown }[]) : [],
  )
  const off = new Set(items.flatMap(({ id, enabled }) => (enabled === false ? [String(id)] : [])))
  forgetGoneTargets(openInboxStore(context).database, inbox, off)
}

/** Takes over what is given; nothing of it where anything is wrong. */
export function applyInboxSettings(
  context: InboxServiceContext,
  { name, enabled, settings, secrets }: CallRequest<'inboxes.configure'>,
): Result<InboxView> {
  const inbox = findInbox(context, name)
  if (!inbox.ok) return inbox
  const { deliveries, database, secrets: sealed } = openInboxStore(context)
  const row = deliveries.inboxes().find((each) => each.name === name)
  if (!row) return refuse('unknown_inbox', `There is no inbox "${name}".`)
  const file = findOwnFile(context, name)
  const wasOn = isOn(row, file)
  const parsed = inbox.value.settings.safeParse(settings ?? row.settings)
  if (!parsed.success) {
    const [first] = parsed.error.issues
    const path = first?.path.map(String).join('.') ?? ''
    return refuse(
      'invalid_settings',
      `${path || 'The settings'}: ${(first?.message ?? 'not valid').replace(/\.$/, '')}. Nothing was changed.`,
      { path },
    )
  }
  const entailed =
    secrets &&
    inbox.value.onSecrets?.({
      settings: parsed.data,
      secrets,
      current: (field) => sealed.get(name, field),
      now: Date.now(),
    })
  const kept = {
    settings: entailed?.settings ?? parsed.data,
    secrets: entailed?.secrets ?? secrets ?? {},
  }
  try {
    inStoreTransaction(database, () => {
      configureInbox(database, name, {
        settings: kept.settings,
        enabled,
        // An inbox that is switched on begins now: what happened while it was off is not its business.
        position: enabled && !wasOn ? context.workspace.log.position() : undefined,
      })
      for (const [field, value] of Object.entries(kept.secrets)) sealed.put(name, field, value)
      forgetEnabledTargets(context, name, kept.settings)
      if (file && enabled !== undefined) changeTrust(ownInboxPlace(context), name, { on: enabled })
      if (enabled !== false && awaitsConsent(context, inbox.value)) {
        sendsFromHere(ownInboxPlace(context), name)
        // What the worker said of it while it was held.
        clearTrouble(database, name)
      }
    })
  } catch (error) {
    if (!secrets) throw error
    return refuse(
      'secrets_unavailable',
      `The secret can not be kept safely on this machine (${(error as Error).message}). Nothing was changed.`,
    )
  }
  context.worker.refresh()
  return inboxView(context, name)
}
