import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { initWorkspace, logFile } from '../workspace/init-workspace.ts'
import { startChildWorker } from './child-worker.ts'
import { superviseWorker, type WorkerState, type WorkerSupervisor } from './worker-supervisor.ts'

const entry = new URL('../../../inboxes/worker/worker.ts', import.meta.url)
let folder: string
let supervisor: WorkerSupervisor | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-worker-'))
})
afterEach(async () => {
  await supervisor?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Resolves with the first state of that kind. */
function supervised(log: string) {
  const waiting: { readonly kind: WorkerState['state']; readonly resolve: (state: WorkerState) => void }[] =
    []
  supervisor = superviseWorker({
    start: () => startChildWorker(entry, log),
    onState: (state) => {
      for (const each of waiting.filter(({ kind }) => kind === state.state)) each.resolve(state)
    },
  })
  const until = (kind: WorkerState['state']) =>
    new Promise<WorkerState>((resolve) => waiting.push({ kind, resolve }))
  return { until }
}

test('the inbox worker runs as a child process on a real workspace, and ends when it is asked to', async () => {
  expect(initWorkspace({ folder }).ok).toBe(true)
  const { until } = supervised(logFile(folder))
  await until('running')
  await supervisor?.stop()
  expect(supervisor?.state.state).toBe('stopped')
})

test('a worker that can not open the log is reported, not waited for', async () => {
  const { until } = supervised(join(folder, 'nothing-here.db'))
  const state = await until('restarting')
  expect(state.detail).toContain('ended with code 1')
})

test('an inbox worker answers a ping with the position that it has read to', async () => {
  expect(initWorkspace({ folder }).ok).toBe(true)
  const worker = startChildWorker(entry, logFile(folder))
  const ended = new Promise<number | null>((resolve) => worker.onExit(resolve))
  const heard: unknown[] = []
  await new Promise<void>((resolve) => {
    worker.onMessage((message) => {
      heard.push(message)
      if (heard.length === 1) worker.send({ kind: 'ping', id: 5 })
      else resolve()
    })
  })
  expect(heard).toEqual([
    { kind: 'ready', position: 0 },
    { kind: 'pong', id: 5, position: 0 },
  ])
  worker.send({ kind: 'stop' })
  expect(await ended).toBe(0)
})
