import { createServer } from 'node:http'
import { join } from 'node:path'
import { openReadDatabase } from '#db/sqlite/open-database.ts'
import { delivered } from '#inboxes/contract/inbox.ts'
import { openInboxDatabase } from '#inboxes/store/open-store.ts'
import { runWorker } from '#inboxes/worker/run-worker.ts'
import { toWorker } from '#inboxes/worker/worker-messages.ts'
import { noopInbox } from './noop-inbox.ts'

// The other side of the inbox benchmarks, as its first argument says. Instants are CLOCK_MONOTONIC in milliseconds, which processes share.

const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6

/** Runs the inbox worker on a workspace; its one inbox answers with the instant at which its handler started. */
function worker(folder: string): void {
  const database = openReadDatabase(join(folder, 'log.db'))
  const inboxDatabase = openInboxDatabase(join(folder, 'inboxes.db'))
  if (!database.ok || !inboxDatabase.ok) throw new Error('the workspace can not be opened')
  const inbox = {
    ...noopInbox('timed'),
    handle: () => {
      process.send?.({ kind: 'started', at: monotonic() })
      return delivered()
    },
  }
  const running = runWorker({
    database: database.value,
    inboxDatabase: inboxDatabase.value,
    inboxes: [inbox],
    send: (message) => void process.send?.(message),
  })
  process.on('message', (input) => {
    const message = toWorker.safeParse(input)
    if (message.success) running.receive(message.data)
  })
  process.send?.({ kind: 'ready', position: 0 })
}

/** Answers every message with the instant at which it came. */
function echo(): void {
  process.on('message', () => void process.send?.({ kind: 'started', at: monotonic() }))
  process.send?.({ kind: 'ready', position: 0 })
}

/** Takes whatever is posted. */
function receiver(): void {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.writeHead(204).end())
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    process.send?.({ kind: 'ready', port: typeof address === 'object' ? address?.port : 0 })
  })
}

const [role, folder = ''] = process.argv.slice(2)
if (role === 'worker') worker(folder)
else if (role === 'echo') echo()
else receiver()
