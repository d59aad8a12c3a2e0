import { dirname, join } from 'node:path'
import { takeLock } from '#db/sqlite/exclusive-lock.ts'
import type { Inbox } from '../contract/inbox.ts'
import { heldSentence, isOutgoing } from '../own/sends-from-here.ts'
import { runner } from '../runner/runner.ts'
import { secretOf, type WorkerContext, workspaceOf } from './worker-context.ts'

/**
 * The runner and sync, begun where this worker is configured and no other process runs the workspace's inboxes.
 * @returns whether they were begun now.
 */
export function beginRunning(worker: WorkerContext, onProgress: () => void): boolean {
  if (worker.running || !worker.identity) return false
  worker.release = takeLock(join(dirname(worker.inboxDatabase.file), 'inboxes.lock'))
  if (!worker.release) return false
  const shipped = worker.inboxes.map((inbox) => unlessHeld(worker, inbox))
  worker.running = runner({
    inboxes: () => [...shipped, ...worker.own.list()],
    deliveryStore: worker.deliveryStore,
    notices: worker.notices,
    reader: worker.reader,
    workspace: workspaceOf(worker),
    host: worker.host,
    secret: (inbox, field) => secretOf(worker, inbox, field),
    quietUpTo: worker.joined.quietUpTo,
    pace: worker.pace ?? {},
    now: Date.now,
    onProgress,
  })
  worker.send({ kind: 'working' })
  worker.running.refresh()
  worker.sync.refresh()
  return true
}

/** An outgoing inbox that is not ready while it is held. */
function unlessHeld(worker: WorkerContext, inbox: Inbox): Inbox {
  if (!isOutgoing(inbox)) return inbox
  const notReady: Inbox['notReady'] = (context) =>
    worker.held.has(inbox.name) ? heldSentence(inbox) : inbox.notReady?.(context)
  return { ...inbox, notReady } as Inbox
}
