import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { openReadDatabase } from '#db/sqlite/open-database.ts'
import { shippedInboxes } from '../registry.ts'
import { inboxDatabaseFile, openInboxDatabase } from '../store/open-store.ts'
import { runWorker } from './run-worker.ts'
import { testPace } from './test-pace.ts'
import { type FromWorker, toWorker } from './worker-messages.ts'

// The inbox worker: a process beside the host, started with `--log FILE`, as Electron's utilityProcess or as Node's child process.

/** Electron's port to the parent; it hands messages over inside of an event. */
type ParentPort = {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void
  postMessage(message: unknown): void
}

const parentPort = (process as NodeJS.Process & { parentPort?: ParentPort }).parentPort

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

const { values } = parseArgs({ options: { log: { type: 'string' } }, strict: false })
const log = typeof values.log === 'string' ? values.log : ''
const database = openReadDatabase(log)
if (!database.ok) fail(database.error.message)
const inboxDatabase = openInboxDatabase(inboxDatabaseFile(dirname(log)))
if (!inboxDatabase.ok) fail(inboxDatabase.error.message)

function send(message: FromWorker): void {
  if (parentPort) parentPort.postMessage(message)
  else if (process.connected) process.send?.(message)
}

const worker = runWorker({
  database: database.value,
  inboxDatabase: inboxDatabase.value,
  inboxes: shippedInboxes,
  pace: testPace(),
  send,
})

let ending = false
async function end(): Promise<void> {
  if (ending) return
  ending = true
  await worker.stop()
  if (database.ok) database.value.client.close()
  if (inboxDatabase.ok) inboxDatabase.value.client.close()
  process.exit(0)
}

function receive(input: unknown): void {
  const message = toWorker.safeParse(input)
  if (!message.success) return
  if (message.data.kind === 'stop') void end()
  else worker.receive(message.data)
}

if (parentPort) parentPort.on('message', ({ data }) => receive(data))
else process.on('message', receive)
// The host went away without a word: nobody is left to act for.
process.on('disconnect', () => void end())
process.on('SIGTERM', () => void end())
// Ctrl-C reaches every process of the terminal; the host gets it too, and ends the worker.
process.on('SIGINT', () => {})
send({ kind: 'ready', position: 0 })
