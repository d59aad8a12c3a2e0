import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import type { AppService } from '#app/app-service.ts'
import { openAppService } from '#app/open-app-service.ts'
import { initWorkspace } from '#app/workspace/init-workspace.ts'
import type { CallInput } from '#contract/calls.ts'
import { fillWorkspace, temporaryFolder } from './dataset.ts'
import { largeEvents } from './feed.bench.ts'
import { type BenchPart, type BenchRow, inTurn, row } from './measure.ts'

const frame = 16
const jobThread = new URL('../src/app/jobs/job-thread.ts', import.meta.url)

/** From the start of a process to the first list answered. */
function coldStart(folder: string): Promise<number> {
  const start = performance.now()
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./start-child.ts', import.meta.url)), folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  return new Promise((resolve, reject) => {
    child.stdout.once('data', () => resolve(performance.now() - start))
    child.on('exit', (code) => code && reject(new Error(`start ended with ${code}`)))
  })
}

async function service(folder: string): Promise<AppService> {
  const opened = await openAppService({ folder, host: 'web', jobThread })
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value
}

/** The longest the event loop was held up while a job ran, p99.9 and most, in milliseconds beyond the timer's own tick. */
async function heldUp(
  app: AppService,
  request: CallInput<'jobs.start'>,
): Promise<{ p999: number; most: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const ended = new Promise<void>((resolve, reject) => {
    const stop = app.onMessage((message) => {
      if (message.kind !== 'job' || message.job.state === 'running') return
      stop()
      if (message.job.state === 'done') resolve()
      else reject(new Error(message.job.error?.message))
    })
  })
  delay.enable()
  const started = await app.call('jobs.start', request)
  if (!started.ok) throw new Error(started.error.message)
  await ended
  delay.disable()
  return { p999: delay.percentile(99.9) / 1e6 - 1, most: delay.max / 1e6 - 1 }
}

export async function run(): Promise<BenchPart> {
  const { folder, remove } = temporaryFolder()
  try {
    initWorkspace({ folder: join(folder, 'empty') })
    fillWorkspace(join(folder, 'large'), Math.round(largeEvents / 20), 20)
    const start = await inTurn(
      { large: () => coldStart(join(folder, 'large')), empty: () => coldStart(join(folder, 'empty')) },
      7,
    )

    fillWorkspace(join(folder, 'source'), 5_000, 20)
    const source = await service(join(folder, 'source'))
    const file = join(folder, 'events.jsonl')
    const rows: BenchRow[] = [
      row(
        'cold start to a list',
        '1 M events, against an empty workspace',
        start.large / start.empty,
        '<=',
        1.3,
        `${start.large.toFixed(0)} ms against ${start.empty.toFixed(0)} ms, process start included`,
      ),
    ]
    const held = (name: string, { p999, most }: { p999: number; most: number }): BenchRow =>
      row(
        'longest block of the event loop',
        name,
        p999 / frame,
        '<=',
        1,
        `p99.9 ${p999.toFixed(1)} ms of a frame's 16, most ${most.toFixed(1)} ms`,
      )
    await heldUp(source, { kind: 'export', format: 'jsonl', token: source.files.offer('export', file).token })
    rows.push(held('verify of 100 k events', await heldUp(source, { kind: 'verify' })))
    rows.push(held('rebuild of 100 k events', await heldUp(source, { kind: 'rebuild' })))
    await source.close()
    initWorkspace({ folder: join(folder, 'target') })
    const target = await service(join(folder, 'target'))
    rows.push(
      held(
        'import of 100 k events',
        await heldUp(target, {
          kind: 'import',
          format: 'docket',
          token: target.files.offer('import', file).token,
        }),
      ),
    )
    await target.close()
    return { rows }
  } finally {
    remove()
  }
}
