import { fileURLToPath } from 'node:url'
import { utilityProcess } from 'electron'
import type { WorkerProcess } from '#app/worker/worker-supervisor.ts'

/** Starts the inbox worker as a utility process. The app must be ready. @param log the workspace's log file. */
export function startUtilityWorker(entry: URL, log: string): WorkerProcess {
  const child = utilityProcess.fork(fileURLToPath(entry), ['--log', log], {
    serviceName: 'Docket inboxes',
    stdio: 'inherit',
  })
  return {
    send: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.on('exit', listener),
    kill: () => void child.kill(),
  }
}
