import { parentPort, workerData } from 'node:worker_threads'
import type { JobThreadData, JobThreadMessage } from './job-messages.ts'
import { runJob } from './run-job.ts'

// Composition root of a job's thread: its own connection, its own event loop; only messages cross.
const { folder, request, migrations, cancel } = workerData as JobThreadData
const flag = new Int32Array(cancel)
const send = (message: JobThreadMessage): void => parentPort?.postMessage(message)

const result = await runJob(folder, request, {
  migrations,
  onProgress: (progress) => send({ kind: 'progress', progress }),
  isCancelled: () => Atomics.load(flag, 0) === 1,
})
send(result.ok ? { kind: 'done', ...result.value } : { kind: 'failed', error: result.error })
