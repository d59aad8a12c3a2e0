import type { Inbox, InboxContext } from '../contract/inbox.ts'
import { UnreadableSecretError } from '../contract/unreadable-secret.ts'
import type { InboxRow } from '../store/deliveries/delivery-rows.ts'
import { reconcileCheckpoints } from './reconcile-checkpoints.ts'
import type { ActiveInbox, RunnerContext } from './runner-context.ts'

/** The inboxes that are on and can work, read anew from the delivery store with their settings and checkpoints. */
export function refreshInboxes(runner: RunnerContext): void {
  const { deliveryStore, reader, queues } = runner
  const inboxes = runner.inboxes()
  for (const inbox of inboxes) deliveryStore.ensure(inbox.name, reader.position(), inbox.onByDefault)
  if (reconcileCheckpoints({ deliveryStore, reader, notices: runner.notices })) runner.onProgress?.()
  const rows = new Map(deliveryStore.inboxes().map((row) => [row.name, row]))
  runner.inTeam = rows.get('sync')?.enabled === true
  const before = runner.active
  runner.active = inboxes.flatMap((inbox) => {
    const row = rows.get(inbox.name)
    if (!row?.enabled || row.paused) return []
    return activeInbox(runner, inbox, row) ?? []
  })
  for (const each of runner.active) runner.dispatcher.reevaluate(each)
  runner.waitingTargets.clear()
  for (const { inbox } of before)
    if (!runner.active.some((each) => each.inbox === inbox)) void inbox.close?.().catch(() => {})
  // A queue belongs to the inbox it was made for: one whose file is another by now gets another.
  for (const [name, each] of queues)
    if (!inboxes.includes(each.inbox) && each.underWay === 0) queues.delete(name)
}

/** The inbox, ready to run; `undefined` where a setting or a secret is missing, which is written down. */
function activeInbox(runner: RunnerContext, inbox: Inbox, row: InboxRow): ActiveInbox | undefined {
  const settings = inbox.settings.safeParse(row.settings)
  const context = inboxContext(runner, inbox, settings.data)
  const trouble = settings.success
    ? missing(inbox, context)
    : `Its settings are not valid: ${settings.error.issues[0]?.message ?? 'unknown'}`
  if (runner.deliveryStore.setTrouble(inbox.name, trouble)) runner.onProgress?.()
  return trouble === null ? { inbox, context, position: row.position } : undefined
}

function missing(inbox: Inbox, context: InboxContext): string | null {
  try {
    return inbox.notReady?.(context) ?? null
  } catch (error) {
    if (error instanceof UnreadableSecretError) return error.message
    throw error
  }
}

function inboxContext(runner: RunnerContext, inbox: Inbox, settings: unknown): InboxContext {
  const { workspace, host, notices, deliveryStore, now } = runner
  return {
    settings,
    secret: (name) => runner.secret(inbox.name, name),
    workspace,
    host,
    notices,
    effects: {
      notice: (notice) => notices.add(notice),
      enqueue: (delivery) => {
        deliveryStore.enqueue(delivery)
        runner.waitingTargets.delete(delivery.inbox)
        runner.wake()
      },
    },
    now,
  }
}
