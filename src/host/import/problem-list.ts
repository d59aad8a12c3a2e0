import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { ImportProblem } from './imported.ts'

/** How many problems are shown where the import was asked for; where there are more, all of them are in a file. */
export const shownProblems = 10

/**
 * Keeps what could not be taken, in a file of the workspace's `reports` folder once there is more of it than is shown.
 * @param at when the import began, in milliseconds.
 */
export function problemList(workspaceFolder: string, at: number) {
  const folder = join(workspaceFolder, 'reports')
  const file = join(folder, `import-${new Date(at).toISOString().replaceAll(':', '-')}.txt`)
  let held: string[] = []
  let output: number | undefined
  return {
    add({ line, reason }: Pick<ImportProblem, 'line' | 'reason'>): void {
      held.push(`line ${line}: ${reason}\n`)
      if (output === undefined && held.length <= shownProblems) return
      if (output === undefined) {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        output = openSync(file, 'wx', 0o600)
      }
      writeSync(output, held.join(''))
      held = []
    },
    /** @returns the file, where there is one. */
    close(): string | null {
      if (output === undefined) return null
      closeSync(output)
      output = undefined
      return file
    },
  }
}
