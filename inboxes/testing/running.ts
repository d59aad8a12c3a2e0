import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { eventRegistry } from '#core/event-registry.ts'
import { openEventLog } from '#db/projections/event-log.ts'
import { openDatabase, openReadDatabase } from '#db/sqlite/open-database.ts'
import type { Inbox } from '../contract/inbox.ts'
import { logReader } from '../log/log-reader.ts'
import { logWorkspace } from '../log/log-workspace.ts'
import { runner } from '../runner/runner.ts'
import type { RunnerOptions } from '../runner/runner-context.ts'
import { deliveryStore } from '../store/delivery-store.ts'
import { noticeStore } from '../store/notice-store.ts'
import { openInboxDatabase } from '../store/open-store.ts'

const me = '00000000-0000-7000-8001-000000000001'

function opened<T>(result: { ok: true; value: T } | { ok: false; error: { message: string } }): T {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

/** A real log and a real delivery store in a folder of their own, and runners on them. */
export function runningInboxes(folder = mkdtempSync(join(tmpdir(), 'docket-inboxes-'))) {
  const database = opened(openDatabase(join(folder, 'log.db'), { durability: 'NORMAL' }))
  const log = openEventLog(database, { registry: eventRegistry(), now: Date.now, newId: uuidv7 })
  const inboxDatabase = opened(openInboxDatabase(join(folder, 'inboxes.db')))
  const book = deliveryStore(inboxDatabase, Date.now)
  const noticeBook = noticeStore(inboxDatabase, Date.now)
  const readDatabase = opened(openReadDatabase(join(folder, 'log.db')))
  const reader = logReader(readDatabase)
  const running: { stop(): Promise<void> }[] = []

  return {
    folder,
    database,
    log,
    reader,
    deliveryStore: book,
    inboxDatabase: inboxDatabase,
    notices: noticeBook,
    me,
    /** Records a new issue and so many comments on it. @returns its id. */
    issue(comments = 0, actorId = me): string {
      const id = uuidv7()
      log.append({ type: 'issue', id }, [
        { id: uuidv7(), type: 'created', data: { title: 'An issue', status: 'open' }, actorId },
      ])
      for (let n = 0; n < comments; n++) this.comment(id, `Comment ${n}`, actorId)
      return id
    },
    comment(id: string, body: string, actorId = me): string {
      const eventId = uuidv7()
      log.append({ type: 'issue', id }, [
        { id: eventId, type: 'commented', data: { commentId: uuidv7(), body }, actorId },
      ])
      return eventId
    },
    /** Starts a runner on `inboxes`, from the end of the log. */
    run(inboxes: readonly Inbox[] | (() => readonly Inbox[]), options: Partial<RunnerOptions> = {}) {
      const started = runner({
        inboxes: typeof inboxes === 'function' ? inboxes : () => inboxes,
        deliveryStore: book,
        notices: noticeBook,
        reader,
        workspace: logWorkspace(readDatabase, reader, {
          memberId: me,
          workspaceId: uuidv7(),
          name: 'Test',
          keyPrefix: 'DOC',
        }),
        host: {
          execute: async () => ({ ok: true, value: { events: 0, position: 0 } }),
          notify: async () => true,
        },
        secret: () => undefined,
        now: Date.now,
        ...options,
      })
      running.push(started)
      started.wake()
      return started
    },
    async close(): Promise<void> {
      for (const each of running) await each.stop()
      readDatabase.client.close()
      inboxDatabase.client.close()
      database.client.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
