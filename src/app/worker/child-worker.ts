import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { WorkerProcess } from './worker-supervisor.ts'

/** Starts a worker as a child process of Node, for hosts without Electron. @param log the workspace's log file. */
export function startChildWorker(entry: URL, log: string): WorkerProcess {
  const child = fork(fileURLToPath(entry), ['--log', log], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // No signal opens a debugger in it, through which a program of this user could have anything run.
    execArgv: [...process.execArgv, '--disable-sigusr1'],
  })
  // Without a listener a failed start would end the host; `exit` or its absence is handled below.
  let spawnFailed: (() => void) | undefined
  child.on('error', () => {
    if (child.pid === undefined) spawnFailed?.()
  })
  return {
    send(message) {
      if (child.connected) child.send(message, () => {})
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit(listener) {
      child.on('exit', listener)
      spawnFailed = () => listener(null)
    },
    kill: () => void child.kill('SIGKILL'),
  }
}
