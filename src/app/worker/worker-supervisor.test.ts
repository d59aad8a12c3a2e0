import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ToWorker } from '#inboxes/worker/worker-messages.ts'
import {
  restartDelay,
  stopMillis,
  superviseWorker,
  type WorkerProcess,
  type WorkerState,
} from './worker-supervisor.ts'

/** The far edge: a process that does what the test says. */
class ScriptedProcess implements WorkerProcess {
  readonly sent: ToWorker[] = []
  killed = false
  #message: (message: unknown) => void = () => {}
  #exit: (code: number | null) => void = () => {}
  send(message: ToWorker): void {
    this.sent.push(message)
  }
  onMessage(listener: (message: unknown) => void): void {
    this.#message = listener
  }
  onExit(listener: (code: number | null) => void): void {
    this.#exit = listener
  }
  kill(): void {
    this.killed = true
    this.#exit(null)
  }
  says(message: unknown): void {
    this.#message(message)
  }
  dies(code: number | null = 1): void {
    this.#exit(code)
  }
}

function supervised() {
  const processes: ScriptedProcess[] = []
  const states: WorkerState[] = []
  const supervisor = superviseWorker({
    start() {
      const next = new ScriptedProcess()
      processes.push(next)
      return next
    },
    onState: (state) => states.push(state),
    random: () => 0.999,
  })
  const latest = () => processes.at(-1) as ScriptedProcess
  return { supervisor, processes, latest, kinds: () => states.map(({ state }) => state) }
}

describe('the worker supervisor', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('a worker that reports ready is running', () => {
    const { latest, kinds } = supervised()
    latest().says({ kind: 'ready', position: 0 })
    expect(kinds()).toEqual(['starting', 'running'])
  })

  test('a dead worker is started again after a delay that doubles, and told how far the log is', () => {
    const { supervisor, processes, latest, kinds } = supervised()
    latest().says({ kind: 'ready', position: 0 })
    supervisor.wake(7)
    latest().dies()
    vi.advanceTimersByTime(499)
    expect(processes).toHaveLength(1)
    vi.advanceTimersByTime(1)
    expect(processes).toHaveLength(2)
    latest().dies()
    vi.advanceTimersByTime(999)
    expect(processes).toHaveLength(2)
    vi.advanceTimersByTime(1)
    expect(processes).toHaveLength(3)
    latest().says({ kind: 'ready', position: 3 })
    expect(latest().sent).toEqual([{ kind: 'wake', position: 7 }])
    expect(kinds()).toEqual([
      'starting',
      'running',
      'restarting',
      'starting',
      'restarting',
      'starting',
      'running',
    ])
  })

  test('a worker that keeps dying is given up with a sentence, and a person can start it again', () => {
    const { supervisor, processes, latest } = supervised()
    for (let death = 0; death < 6; death += 1) {
      latest().dies(3)
      vi.advanceTimersByTime(30_000)
    }
    expect(processes).toHaveLength(6)
    expect(supervisor.state.state).toBe('stopped')
    expect(supervisor.state.detail).toContain('ended with code 3')
    vi.advanceTimersByTime(3_600_000)
    expect(processes).toHaveLength(6)
    supervisor.restart()
    latest().says({ kind: 'ready', position: 0 })
    expect(supervisor.state.state).toBe('running')
  })

  test('a worker that runs for a while is forgiven its deaths', () => {
    const { processes, latest } = supervised()
    for (let death = 0; death < 20; death += 1) {
      const worker = latest()
      for (let seconds = 0; seconds < 61; seconds += 1) {
        vi.advanceTimersByTime(1_000)
        for (const message of worker.sent.splice(0)) {
          if (message.kind === 'ping') worker.says({ kind: 'pong', id: message.id, position: 0 })
        }
      }
      worker.dies()
      vi.advanceTimersByTime(500)
    }
    expect(processes).toHaveLength(21)
  })

  test('a worker that no longer answers is killed and replaced', () => {
    const { processes, latest } = supervised()
    latest().says({ kind: 'ready', position: 0 })
    vi.advanceTimersByTime(20_000)
    expect(latest().sent).toEqual([{ kind: 'ping', id: 1 }])
    latest().says({ kind: 'pong', id: 1, position: 0 })
    vi.advanceTimersByTime(20_000)
    expect(processes[0]?.killed).toBe(false)
    vi.advanceTimersByTime(20_000)
    expect(processes[0]?.killed).toBe(true)
    vi.advanceTimersByTime(500)
    expect(processes).toHaveLength(2)
  })

  test('what a worker says in a wrong shape is not believed', () => {
    const { latest, kinds } = supervised()
    for (const noise of [null, 'ready', { kind: 'ready' }, { kind: 'ready', position: -1 }, { kind: 'boom' }])
      latest().says(noise)
    expect(kinds()).toEqual(['starting'])
  })

  test('stopping asks first, kills what does not end in time, and starts nothing again', async () => {
    const { supervisor, processes, latest } = supervised()
    latest().says({ kind: 'ready', position: 0 })
    const stopped = supervisor.stop()
    expect(latest().sent).toEqual([{ kind: 'stop' }])
    expect(supervisor.stop()).toStrictEqual(expect.any(Promise))
    vi.advanceTimersByTime(stopMillis)
    await stopped
    expect(processes[0]?.killed).toBe(true)
    vi.advanceTimersByTime(60_000)
    supervisor.restart()
    expect(processes).toHaveLength(1)
    expect(supervisor.state.state).toBe('stopped')
  })

  test('stopping while it waits for a restart is done at once', async () => {
    const { supervisor, processes, latest } = supervised()
    latest().dies()
    await supervisor.stop()
    vi.advanceTimersByTime(60_000)
    expect(processes).toHaveLength(1)
  })

  test('a delay is never below half nor above the whole of its step, and at most half a minute', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (deaths, random) => {
          const delay = restartDelay(deaths, () => random)
          const full = Math.min(30_000, 500 * 2 ** (deaths - 1))
          expect(delay).toBeGreaterThanOrEqual(full / 2)
          expect(delay).toBeLessThanOrEqual(full)
        },
      ),
    )
  })
})
