import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Beside the folder that the inbox may write. */
const fileOf = (folder: string): string => join(dirname(folder), 'process.json')

/** When a process began, in the system's own count; with its number it names one process for ever. Only Linux tells it for nothing. */
function beginning(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program, in brackets, may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

/** Writes down which process runs in a user inbox's folder, so that it is found should the worker be killed and it not notice. */
export function noteProcess(folder: string, pid: number): void {
  const began = beginning(pid)
  if (began !== undefined) writeFileSync(fileOf(folder), JSON.stringify({ pid, began }), { mode: 0o600 })
}

/** Ends what an earlier worker left running in a user inbox's folder: an endless loop does not see that nobody listens any more. */
export function endLeftover(folder: string): void {
  try {
    const { pid, began } = JSON.parse(readFileSync(fileOf(folder), 'utf8')) as {
      pid?: unknown
      began?: unknown
    }
    if (typeof pid === 'number' && pid > 1 && typeof began === 'string' && beginning(pid) === began)
      process.kill(pid, 'SIGKILL')
  } catch {
    // None was noted, or it is gone.
  }
  rmSync(fileOf(folder), { force: true })
}
