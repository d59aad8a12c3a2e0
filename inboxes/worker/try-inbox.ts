import type { DeliveringInbox, DeliveryContext } from '../contract/inbox.ts'
import { inboxRow, secretOf, type WorkerContext, workspaceOf } from './worker-context.ts'

const testMillis = 20_000

/** What came of trying an inbox's settings out. */
export type InboxTestResult = { readonly ok: boolean; readonly detail: string }

/** An inbox's settings, tried out for the "Test" button. @param target names one of several. */
export async function tryInbox(
  worker: WorkerContext,
  name: string,
  target: string | undefined,
): Promise<InboxTestResult> {
  const inbox = worker.inboxes.find((each) => each.name === name) as DeliveringInbox | undefined
  const row = inboxRow(worker, name)
  if (!inbox?.test || !row) return { ok: false, detail: 'There is nothing to test here.' }
  const settings = inbox.settings.safeParse(row.settings)
  if (!settings.success) return { ok: false, detail: settings.error.issues[0]?.message ?? 'Not valid' }
  const tested: DeliveryContext = {
    settings: settings.data,
    secret: (field) => secretOf(worker, name, field),
    workspace: workspaceOf(worker),
    host: worker.host,
    notices: worker.notices,
    effects: {
      notice: (notice) => worker.notices.add(notice),
      enqueue(delivery) {
        worker.deliveryStore.enqueue(delivery)
        worker.running?.refresh()
      },
    },
    now: Date.now,
    signal: AbortSignal.timeout(testMillis),
  }
  try {
    const trouble = inbox.notReady?.(tested)
    if (trouble) return { ok: false, detail: trouble }
    const outcome = await inbox.test(tested, target)
    return outcome.kind === 'done'
      ? { ok: true, detail: outcome.detail ?? 'It worked.' }
      : { ok: false, detail: outcome.why }
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}
