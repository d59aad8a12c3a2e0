import type { HostMessage } from '#contract/answers/answers.ts'
import type { Notification } from '#contract/answers/inbox-answers.ts'
import { refusedForNow } from '#inboxes/sync/round/round-refusals.ts'
import type { FromWorker } from '#inboxes/worker/worker-messages.ts'
import type { AppService } from './app-service.ts'
import { superviseWorker, type WorkerProcess, type WorkerSupervisor } from './worker/worker-supervisor.ts'

export type InboxWorkerOptions = {
  readonly start: () => WorkerProcess
  /** Shows a notification. @returns whether there was anywhere to show it. */
  readonly notify: (notification: Notification) => boolean | Promise<boolean>
}

export type ServiceWithInboxes = AppService & {
  readonly worker: WorkerSupervisor
  /** Has the worker do everything that can be done now. Rejects where it ends before that. */
  drain(): Promise<void>
}

type Asked = { readonly resolve: (message: FromWorker) => void; readonly reject: (error: Error) => void }

const isComing = (state: WorkerSupervisor['state']['state']): boolean =>
  state === 'starting' || state === 'restarting'

/**
 * An app service with an inbox worker beside it: the worker is woken when the log grows and told of new settings, its questions are answered,
 * its state is told like any other message, and closing lets it finish first.
 */
export function withInboxWorker(
  service: AppService,
  { start, notify }: InboxWorkerOptions,
): ServiceWithInboxes {
  const listeners = new Set<(message: HostMessage) => void>()
  const asked = new Map<number, Asked>()
  /** What is said to the worker once it is up, in order. */
  let held: (() => void)[] = []
  let lastId = 0

  const worker = superviseWorker({
    start,
    resting: service.readOnly ? 'The workspace is read-only for this user: no inbox runs here.' : undefined,
    greeting: service.inboxes.configuration,
    onState(state) {
      if (state.detail && state.state !== 'standby') console.error(state.detail)
      if (state.state === 'restarting' || state.state === 'stopped') {
        for (const { reject } of asked.values()) reject(new Error('The inbox worker ended.'))
        asked.clear()
      }
      for (const listener of listeners) listener(state)
      // Not before this call is over: `worker` may still be coming to be.
      if (!isComing(state.state)) queueMicrotask(sayWhatIsHeld)
    },
    onMessage: onMessage,
  })

  function sayWhatIsHeld(): void {
    if (isComing(worker.state.state)) return
    const said = held
    held = []
    for (const say of said) say()
  }

  /** Who asks while the worker comes up waits for it, and is not refused. */
  function whenUp(say: () => void): void {
    if (isComing(worker.state.state) || held.length > 0) held.push(say)
    else say()
  }

  function onMessage(message: FromWorker): void {
    switch (message.kind) {
      case 'progress':
        tellInboxes()
        return
      case 'execute':
        void service
          .automate(message.request)
          .then((value) => worker.send({ kind: 'answer', id: message.id, value }))
        return
      case 'notify':
        void Promise.resolve()
          .then(() => notify(message.notification))
          .catch((error) => {
            console.error('a notification could not be shown:', error)
            return false
          })
          .then((value) => worker.send({ kind: 'answer', id: message.id, value }))
        return
      case 'stale':
        worker.send(service.inboxes.configuration())
        return
      case 'sync':
        service.sync.heard(message.view)
        return
      case 'receive':
        answer(message.id, service.sync.receive(message.arrivals))
        return
      case 'fork_chain':
        answer(message.id, service.sync.forkChain(message.fork))
        return
      case 'keep_secret':
        answer(message.id, service.sync.keepSecret(message.field, message.value))
        return
      case 'drained':
      case 'tested':
      case 'synced':
        asked.get(message.id)?.resolve(message)
        asked.delete(message.id)
        return
      default:
        return
    }
  }

  function answer(id: number, work: Promise<unknown>): void {
    void work
      .catch((error) => {
        console.error('what the worker asked for failed:', error)
        return refusedForNow('internal', 'Something went wrong inside Docket.')
      })
      .then((value) => worker.send({ kind: 'answer', id, value }))
  }

  function tellInboxes(): void {
    service.emit({ kind: 'inboxes', unread: service.inboxes.unread() })
  }

  function ask(message: (id: number) => Parameters<WorkerSupervisor['send']>[0]): Promise<FromWorker> {
    lastId += 1
    const id = lastId
    return new Promise((resolve, reject) => {
      whenUp(() => {
        asked.set(id, { resolve, reject })
        if (worker.send(message(id))) return
        asked.delete(id)
        reject(new Error('The inbox worker is not running.'))
      })
    })
  }

  service.inboxes.attach({
    // Settings and secrets travel together, so that neither is used without the other.
    refresh: () => whenUp(() => void worker.send(service.inboxes.configuration())),
    restart: worker.restart,
    async test(inbox, target) {
      try {
        const tested = await ask((id) => ({
          kind: 'test',
          id,
          inbox,
          ...(target === undefined ? {} : { target }),
        }))
        return tested.kind === 'tested'
          ? { ok: tested.ok, detail: tested.detail }
          : { ok: false, detail: 'The inbox worker gave no answer.' }
      } catch (error) {
        return { ok: false, detail: (error as Error).message }
      }
    },
  })
  service.sync.attach({
    async now() {
      const synced = await ask((id) => ({ kind: 'sync_now', id }))
      if (synced.kind !== 'synced') throw new Error('The inbox worker gave no answer.')
      return synced.view
    },
  })
  service.onMessage((message) => {
    if (message.kind === 'changed') worker.wake(message.position)
  })
  return {
    ...service,
    worker,
    drain: async () => void (await ask((id) => ({ kind: 'drain', id }))),
    onMessage(listener) {
      const end = service.onMessage(listener)
      listeners.add(listener)
      return () => {
        end()
        listeners.delete(listener)
      }
    },
    async close() {
      await worker.stop()
      await service.close()
    },
  }
}
