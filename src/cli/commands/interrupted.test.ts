import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { docket } from '../testing/run-docket.ts'

const issues = 5_000
// Many processes, one after another: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 240_000 })

let folder: string
let file: string
let remove: () => void
beforeEach(() => {
  ;({ folder, remove } = temporaryFolder())
  makeWorkspace(folder)
  file = join(folder, 'jira.ndjson')
  const lines = Array.from({ length: issues }, (_, n) =>
    JSON.stringify({
      id: String(n),
      key: `CUT-${n + 1}`,
      fields: {
        summary: `Issue ${n}`,
        description: 'z'.repeat(300),
        created: new Date(Date.UTC(2024, 0, 1) + n * 60_000).toISOString(),
        labels: ['interrupted'],
        status: { name: 'Open' },
      },
    }),
  )
  writeFileSync(file, `${lines.join('\n')}\n`)
})
afterEach(() => remove())

type Ended = { code: number | null; signal: string | null; stdout: string; stderr: string }

function started(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const entry = fileURLToPath(new URL('../main.ts', import.meta.url))
  const child = spawn(process.execPath, [entry, ...args, '--workspace', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  )
  return { child, ended }
}

/** Once the process has written to the log, or has ended. */
async function hasWritten(child: ChildProcess): Promise<void> {
  const wal = join(folder, 'log.db-wal')
  while (child.exitCode === null && !(existsSync(wal) && statSync(wal).size > 200_000))
    await new Promise((resolve) => setTimeout(resolve, 2))
}

function count(): number {
  const workspace = openedWorkspace(folder)
  try {
    return Number(workspace.database.client.prepare('SELECT count(*) FROM issues').pluck().get())
  } finally {
    workspace.close()
  }
}

it('Ctrl-C stops an import between two issues, says so, and importing again goes on from there', async () => {
  const { child, ended } = started('import', file, '--format', 'jira', '--json')
  await hasWritten(child)
  child.kill('SIGINT')
  const { code, stdout, stderr } = await ended
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^docket: [^\n]+ \[cancelled\]\n$/),
  })
  const report = JSON.parse(stdout)
  expect(report).toMatchObject({ cancelled: true, problemCount: 0 })
  expect(report.issues).toBeGreaterThan(0)
  expect(report.issues).toBeLessThan(issues)
  expect(count()).toBe(report.issues)
  expect(await docket(['verify', '--workspace', folder])).toMatchObject({ code: 0 })
  const rest = await docket(['import', file, '--format', 'jira', '--json', '--workspace', folder])
  expect(JSON.parse(rest.stdout)).toMatchObject({ issues: issues - report.issues, cancelled: false })
  expect(count()).toBe(issues)
})

it('Ctrl-C ends a rebuild at once, and leaves the projections as they were', async () => {
  await docket(['import', file, '--format', 'jira', '--workspace', folder])
  const { child, ended } = started('rebuild')
  await hasWritten(child)
  child.kill('SIGINT')
  expect(await ended).toMatchObject({ signal: 'SIGINT', stdout: '' })
  expect(count()).toBe(issues)
  const again = await docket(['rebuild', '--json', '--workspace', folder])
  expect(JSON.parse(again.stdout)).toMatchObject({ identical: true, issues })
})
