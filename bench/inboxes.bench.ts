import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { newId } from '#app/commands/new-id.ts'
import type { Position } from '#core/values/ids.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { openReadDatabase } from '#db/sqlite/open-database.ts'
import { webhooks } from '#inboxes/builtin/webhooks/webhooks.ts'
import type { DeliveringInbox, Inbox } from '#inboxes/contract/inbox.ts'
import { logReader } from '#inboxes/log/log-reader.ts'
import { logWorkspace } from '#inboxes/log/log-workspace.ts'
import { runner } from '#inboxes/runner/runner.ts'
import { deliveryStore } from '#inboxes/store/delivery-store.ts'
import { noticeStore } from '#inboxes/store/notice-store.ts'
import { openInboxDatabase } from '#inboxes/store/open-store.ts'
import { fillWorkspace, openBench, temporaryFolder } from './dataset.ts'
import { largeEvents } from './feed.bench.ts'
import { type BenchPart, type BenchRow, inTurn, micros, quantile, rate, row } from './measure.ts'
import { noopInbox } from './noop-inbox.ts'

const perIssue = 20
const wakes = 400
const posts = 4_000
const concurrency = 16

/** Has history count as recorded here: inboxes pass imported history over. Only a benchmark may. */
function asRecorded(folder: string): void {
  const client = new Sqlite(join(folder, 'log.db'))
  client.exec('DROP TRIGGER events_never_changed; UPDATE events SET origin = 0')
  client.pragma('wal_checkpoint(TRUNCATE)')
  client.close()
}

/** Runs inboxes on a workspace in this process, from the beginning of its log. */
function running(folder: string, inboxes: readonly Inbox[], secret: string | undefined) {
  const database = openReadDatabase(join(folder, 'log.db'))
  const inboxDatabase = openInboxDatabase(join(folder, 'inboxes.db'))
  if (!database.ok || !inboxDatabase.ok) throw new Error('the workspace can not be opened')
  const { client } = inboxDatabase.value
  const book = deliveryStore(inboxDatabase.value, Date.now)
  for (const inbox of inboxes) book.ensure(inbox.name, 0, true)
  const reader = logReader(database.value)
  const refuse = async () => {
    throw new Error('not used here')
  }
  const started = runner({
    inboxes: () => inboxes,
    deliveryStore: book,
    notices: noticeStore(inboxDatabase.value, Date.now),
    reader,
    workspace: logWorkspace(database.value, reader, {
      memberId: deriveId('bench', 'member', '0'),
      workspaceId: deriveId('bench', 'workspace'),
      name: 'Bench',
      keyPrefix: 'DOC',
    }),
    host: { execute: refuse, notify: refuse },
    secret: () => secret,
    now: Date.now,
    pace: { concurrency },
  })
  return {
    client,
    started,
    reader,
    async close() {
      await started.stop()
      client.close()
      database.value.client.close()
    },
  }
}

async function drainRow(): Promise<BenchRow> {
  const { folder, remove } = temporaryFolder()
  try {
    fillWorkspace(folder, Math.ceil(largeEvents / perIssue), perIssue)
    asRecorded(folder)
    const names = [1, 2, 3, 4, 5].map((n) => `noop-${n}`)
    let heap = 0
    const measured = await inTurn({
      reader: () => {
        const workspace = openBench(folder)
        const start = performance.now()
        let read = 0
        for (let after = 0 as Position; ; ) {
          const page = workspace.log.readAll(after, 100)
          const last = page.at(-1)
          if (!last) break
          read += page.length
          after = last.position
        }
        const perSecond = (read / (performance.now() - start)) * 1_000
        workspace.close()
        return perSecond
      },
      inboxes: async () => {
        const { client, started, reader, close } = running(folder, names.map(noopInbox), undefined)
        client.exec('UPDATE inboxes SET position = 0')
        started.refresh()
        const start = performance.now()
        await started.drain()
        const perSecond = ((reader.position() * names.length) / (performance.now() - start)) * 1_000
        heap = Math.max(heap, process.memoryUsage().rss)
        await close()
        return perSecond
      },
    })
    return row(
      'inboxes',
      `draining ${largeEvents.toLocaleString('en-US')} events through 5 no-op inboxes, checkpoints every 100, against a plain reader`,
      measured.inboxes / measured.reader,
      '>=',
      2,
      `${rate(measured.inboxes)} deliveries, ${rate(measured.reader)} events read; ${Math.round(heap / 1e6)} MB resident at most`,
    )
  } finally {
    remove()
  }
}

function child(role: string, folder = ''): ChildProcess {
  return fork(fileURLToPath(new URL('./inbox-child.ts', import.meta.url)), [role, folder])
}

const said = <T>(from: ChildProcess, kind: string): Promise<T> =>
  new Promise((resolve) => {
    const listen = (message: { kind: string }): void => {
      if (message.kind !== kind) return
      from.off('message', listen)
      resolve(message as T)
    }
    from.on('message', listen)
  })

const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6

async function wakeRow(): Promise<BenchRow> {
  const { folder, remove } = temporaryFolder()
  fillWorkspace(folder, 50, perIssue)
  const workspace = openBench(folder)
  const worker = child('worker', folder)
  const bare = child('echo')
  try {
    await Promise.all([said(worker, 'ready'), said(bare, 'ready')])
    const working = said(worker, 'working')
    const seat = {
      memberId: workspace.me.memberId,
      workspaceId: workspace.me.workspaceId,
      ...workspace.name(),
    }
    worker.send({ kind: 'configure', seat, secrets: {} })
    await working
    const issueId = newId() as never
    workspace.commands.execute({ type: 'create', issueId, title: 'Timed' })
    await said(worker, 'started')

    async function timesOf(go: () => number, from: ChildProcess): Promise<number> {
      const times: number[] = []
      for (let n = 0; n < wakes; n++) {
        const started = said<{ at: number }>(from, 'started')
        const at = go()
        times.push((await started).at - at)
      }
      return quantile(times, 0.99)
    }
    let n = 0
    const measured = await inTurn({
      wake: () =>
        timesOf(() => {
          const done = workspace.commands.execute({
            type: 'comment',
            issueId,
            commentId: newId() as never,
            body: `Comment ${n++}`,
          })
          const at = monotonic()
          worker.send({ kind: 'wake', position: done.ok ? done.value.position : 0 })
          return at
        }, worker),
      bare: () =>
        timesOf(() => {
          const at = monotonic()
          bare.send({ kind: 'wake', position: n })
          return at
        }, bare),
    })
    return row(
      'inboxes',
      'commit to handler start, idle worker, p99, against a bare process message',
      measured.wake / measured.bare,
      '<=',
      5,
      `${micros(measured.wake)}, bare ${micros(measured.bare)}`,
    )
  } finally {
    worker.kill()
    bare.kill()
    workspace.close()
    remove()
  }
}

async function webhookRow(): Promise<BenchRow> {
  const { folder, remove } = temporaryFolder()
  fillWorkspace(folder, posts / perIssue, perIssue)
  asRecorded(folder)
  const receiver = child('receiver')
  try {
    const { port } = await said<{ port: number }>(receiver, 'ready')
    const url = `http://127.0.0.1:${port}/hook`
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
    const settings = JSON.stringify({ endpoints: [{ id: 'one', name: 'One', url, enabled: true }] })
    const body = JSON.stringify({ text: 'x'.repeat(1_200) })
    const measured = await inTurn({
      webhooks: async () => {
        const { client, started, reader, close } = running(folder, [webhooks as DeliveringInbox], secret)
        client.exec('DELETE FROM deliveries')
        client
          .prepare(`UPDATE inboxes SET position = 0, enabled = 1, settings = ? WHERE name = 'webhooks'`)
          .run(settings)
        started.refresh()
        const start = performance.now()
        await started.drain()
        const perSecond = (reader.position() / (performance.now() - start)) * 1_000
        const left = client.prepare('SELECT count(*) FROM deliveries WHERE state <> 1').pluck().get()
        if (left !== 0) throw new Error(`${left} deliveries were not made`)
        await close()
        return perSecond
      },
      fetch: async () => {
        let sent = 0
        const start = performance.now()
        await Promise.all(
          Array.from({ length: concurrency }, async () => {
            while (sent < posts) {
              sent += 1
              const answer = await fetch(url, { method: 'POST', body })
              await answer.arrayBuffer()
            }
          }),
        )
        return (sent / (performance.now() - start)) * 1_000
      },
    })
    return row(
      'inboxes',
      `webhook deliveries with delivery store and signature, against a bare keep-alive fetch loop, ${concurrency} at a time`,
      measured.webhooks / measured.fetch,
      '>=',
      0.5,
      `${rate(measured.webhooks)}, bare ${rate(measured.fetch)}`,
    )
  } finally {
    receiver.kill()
    remove()
  }
}

export async function run(): Promise<BenchPart> {
  return { rows: [await wakeRow(), await webhookRow(), await drainRow()] }
}
