import type { HostMessage } from '#contract/answers/answers.ts'
import { type FromWorker, fromWorker, type ToWorker } from '#inboxes/worker/worker-messages.ts'

/** A worker's process, however the host starts one. */
export type WorkerProcess = {
  send(message: ToWorker): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once, after the process ended. @param code its exit code, `null` for a signal. */
  onExit(listener: (code: number | null) => void): void
  /** Ends it without asking. */
  kill(): void
}

export type WorkerState = Extract<HostMessage, { kind: 'worker' }>

export type SupervisorOptions = {
  readonly start: () => WorkerProcess
  /** Why there is nothing that a worker could do here; none is started then. */
  readonly resting?: string | undefined
  readonly onState: (state: WorkerState) => void
  /** What a worker that came up is told before anything else. */
  readonly greeting?: () => ToWorker
  /** Everything that a worker says beside signs of life. */
  readonly onMessage?: (message: FromWorker) => void
  /** From 0 to below 1, for the jitter. */
  readonly random?: () => number
  readonly now?: () => number
}

export type WorkerSupervisor = {
  readonly state: WorkerState
  /** Tells the worker that the log grew; it is told again after a restart. */
  wake(position: number): void
  /** Hands a message to the worker. @returns false where none is there to take it. */
  send(message: ToWorker): boolean
  /** Starts it again after it was given up. */
  restart(): void
  /** Lets it finish, and ends it after {@link stopMillis} at the latest. Resolves when it is gone. */
  stop(): Promise<void>
}

const firstDelayMillis = 500
const longestDelayMillis = 30_000
/** After this many deaths within the time, it is given up until somebody restarts it. */
const deathsAtMost = 6
const withinMillis = 5 * 60_000
/** Running as long as this, a worker is well again and its deaths are forgotten. */
const wellAfterMillis = 60_000
const pingEveryMillis = 20_000
/** Given to a worker to end by itself, in milliseconds. */
export const stopMillis = 5_000

/**
 * Milliseconds to wait before the restart after so many deaths in a row (1, 2, …): doubling, up to half a minute, and spread so
 * that what died together does not start together.
 */
export function restartDelay(deaths: number, random: () => number): number {
  const full = Math.min(longestDelayMillis, firstDelayMillis * 2 ** (deaths - 1))
  return Math.round(full * (0.5 + random() / 2))
}

/** Keeps a worker running: starts it, starts it again when it dies or no longer answers, and says so when it gives up. */
export function superviseWorker(options: SupervisorOptions): WorkerSupervisor {
  const { start, onState, random = Math.random, now = Date.now } = options
  let state: WorkerState = { kind: 'worker', state: 'starting', detail: null }
  let worker: WorkerProcess | null = null
  let deaths: number[] = []
  let wanted = 0
  let unanswered: number | null = null
  let lastPing = 0
  let stopping: PromiseWithResolvers<void> | null = null
  let restartTimer: NodeJS.Timeout | undefined
  let pingTimer: NodeJS.Timeout | undefined
  let wellTimer: NodeJS.Timeout | undefined

  const become = (next: WorkerState['state'], detail: string | null = null) => {
    state = { kind: 'worker', state: next, detail }
    onState(state)
  }

  function run(): void {
    become('starting')
    unanswered = null
    const mine = start()
    worker = mine
    mine.onMessage((input) => {
      const message = fromWorker.safeParse(input)
      if (worker !== mine || !message.success) return
      if (message.data.kind === 'pong' && message.data.id === unanswered) unanswered = null
      switch (message.data.kind) {
        case 'ready':
          // One that is greeted says by itself when it works.
          if (options.greeting) mine.send(options.greeting())
          else begun(mine, message.data.position)
          break
        case 'standby':
          become(
            'standby',
            'Another Docket on this workspace runs the inboxes; this one takes over when that ends.',
          )
          break
        case 'working':
          begun(mine, 0)
          break
        default:
          options.onMessage?.(message.data)
      }
    })
    mine.onExit((code) => {
      if (worker === mine) died(code)
    })
    pingTimer = setInterval(() => ping(mine), pingEveryMillis)
    wellTimer = setTimeout(() => {
      deaths = []
    }, wellAfterMillis)
    pingTimer.unref()
    wellTimer.unref()
  }

  function begun(mine: WorkerProcess, position: number): void {
    if (position < wanted) mine.send({ kind: 'wake', position: wanted })
    become('running')
  }

  function ping(mine: WorkerProcess): void {
    // Still owing an answer to the last one: it hangs, or never came up. Its end starts the next.
    if (unanswered !== null) {
      mine.kill()
      return
    }
    lastPing += 1
    unanswered = lastPing
    mine.send({ kind: 'ping', id: lastPing })
  }

  function died(code: number | null): void {
    worker = null
    clearInterval(pingTimer)
    clearTimeout(wellTimer)
    if (stopping) {
      become('stopped')
      stopping.resolve()
      return
    }
    const at = now()
    deaths = [...deaths.filter((earlier) => at - earlier < withinMillis), at]
    const how = code === null ? 'was killed' : `ended with code ${code}`
    if (deaths.length >= deathsAtMost) {
      become(
        'stopped',
        `The inbox worker ${how}, for the ${deaths.length}th time in a few minutes. Nothing is lost; what it would have sent waits until it is started again.`,
      )
      return
    }
    become('restarting', `The inbox worker ${how} and is started again.`)
    restartTimer = setTimeout(run, restartDelay(deaths.length, random))
  }

  if (options.resting === undefined) run()
  else become('stopped', options.resting)
  return {
    get state() {
      return state
    },
    wake(position) {
      wanted = Math.max(wanted, position)
      if (state.state === 'running') worker?.send({ kind: 'wake', position: wanted })
    },
    send(message) {
      if (!worker || (state.state !== 'running' && state.state !== 'standby')) return false
      worker.send(message)
      return true
    },
    restart() {
      if (worker || stopping || options.resting !== undefined) return
      clearTimeout(restartTimer)
      deaths = []
      run()
    },
    stop() {
      if (stopping) return stopping.promise
      clearTimeout(restartTimer)
      stopping = Promise.withResolvers<void>()
      const last = worker
      if (!last) {
        become('stopped')
        stopping.resolve()
        return stopping.promise
      }
      last.send({ kind: 'stop' })
      const impatience = setTimeout(() => last.kill(), stopMillis)
      return stopping.promise.finally(() => clearTimeout(impatience))
    },
  }
}
