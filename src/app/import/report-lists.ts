import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { ImportProblem, ReconciledIssue } from './history/imported.ts'

/** How many problems or changed issues are shown where the import was asked for; where there are more, all of them are in a file. */
export const shownInReport = 10

/** A changed issue in one line. */
export function changeLine({ key, changes, conflicts }: ReconciledIssue): string {
  const also = conflicts.length > 0 ? `; in the conflict list: ${conflicts.join(', ')}` : ''
  return `${key}: ${changes.join('; ')}${also}`
}

/**
 * The lists of an import's report, in files of the workspace's `reports` folder: what could not be taken, once there is more of it than is
 * shown, and every issue that was here and changed.
 * @param at when the import began, in milliseconds.
 */
export function reportLists(workspaceFolder: string, at: number) {
  const folder = join(workspaceFolder, 'reports')
  const name = `import-${new Date(at).toISOString().replaceAll(':', '-')}`
  const problems = lineList(join(folder, `${name}.txt`), folder, shownInReport)
  const changes = lineList(join(folder, `${name}-changes.txt`), folder, 0)
  return {
    problems: {
      add: ({ line, reason }: Pick<ImportProblem, 'line' | 'reason'>) =>
        problems.add(`line ${line}: ${reason}`),
      close: problems.close,
    },
    changes: { add: (change: ReconciledIssue) => changes.add(changeLine(change)), close: changes.close },
  }
}

/** Lines that are written once there are more than `most`. */
function lineList(file: string, folder: string, most: number) {
  let held: string[] = []
  let output: number | undefined
  return {
    add(line: string): void {
      held.push(`${line.replaceAll(/[\r\n]+/g, ' ')}\n`)
      if (output === undefined && held.length <= most) return
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
