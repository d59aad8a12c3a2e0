import { beginRunning } from './begin-running.ts'
import { changeWatch } from './notice-changes.ts'
import { progressMessages } from './progress-messages.ts'
import { timedWork } from './timed-work.ts'
import { tryInbox } from './try-inbox.ts'
import {
  type WorkerConfiguration,
  type WorkerContext,
  type WorkerOptions,
  workerContext,
  workerPosition,
} from './worker-context.ts'
import type { ToWorker } from './worker-messages.ts'

/** How often it is looked for what no message told of, in milliseconds. */
const lookEvery = 1_000
const minuteMillis = 60_000

/** The inbox worker behind its messages. @returns what takes them; `stop` has to be awaited by the caller. */
export function runWorker(options: WorkerOptions) {
  const worker = workerContext(options)
  const { send, sync } = worker
  const position = () => workerPosition(worker)
  const progress = progressMessages(send, position)
  const timed = timedWork(worker, progress)
  const changes = changeWatch(worker, timed)
  let toldStandby = false

  function begin(): void {
    if (beginRunning(worker, progress.tell)) timed.run()
    else if (worker.identity && !worker.running) {
      if (!toldStandby) send({ kind: 'standby' })
      toldStandby = true
    }
  }

  const looking = setInterval(() => {
    try {
      if (worker.running) changes.notice()
      else begin()
    } catch (error) {
      console.error('the inboxes could not look for work:', error)
    }
  }, lookEvery)
  const everyMinute = setInterval(timed.run, minuteMillis)

  return {
    position,
    receive(message: ToWorker): void {
      switch (message.kind) {
        case 'ping':
          send({ kind: 'pong', id: message.id, position: position() })
          return
        case 'configure':
          configure(worker, message)
          changes.storeWasRead()
          if (worker.running) {
            worker.running.refresh()
            sync.refresh()
          } else begin()
          return
        case 'wake':
          if (!worker.running) return
          worker.running.wake()
          sync.wake()
          changes.evaluateChangedRules()
          return
        case 'sync_now':
          void (worker.running ? sync.now() : Promise.resolve()).then(() =>
            send({ kind: 'synced', id: message.id, view: sync.view() }),
          )
          return
        case 'drain':
          void drain(worker).then(() => send({ kind: 'drained', id: message.id }))
          return
        case 'test':
          void tryInbox(worker, message.inbox, message.target).then((result) =>
            send({ kind: 'tested', id: message.id, ...result }),
          )
          return
        case 'answer':
          worker.host.answered(message.id, message.value)
          return
        case 'stop':
          return
      }
    },
    async stop(): Promise<void> {
      clearInterval(looking)
      clearInterval(everyMinute)
      progress.stop()
      await sync.stop()
      await worker.running?.stop()
      worker.release?.()
    },
  }
}

function configure(
  worker: WorkerContext,
  { identity, secrets, unreadable, held }: WorkerConfiguration,
): void {
  // Who joined a team may be somebody else there: the same object, so that what was made with it sees it move.
  worker.identity = Object.assign(worker.identity ?? {}, identity)
  worker.secrets = secrets
  worker.unreadable = new Set(unreadable)
  worker.held = new Set(held)
}

async function drain(worker: WorkerContext): Promise<void> {
  // What is still being loaded would seem to have nothing to do.
  await worker.own.settled()
  worker.running?.refresh()
  await worker.running?.drain()
}
