import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '#app/testing/temporary-workspace.ts'

vi.setConfig({ testTimeout: 240_000 })

let folder: string
let kept: string
let remove: () => void
let child: ChildProcess | undefined
beforeEach(() => {
  const made = temporaryFolder()
  remove = made.remove
  folder = join(made.folder, 'workspace')
  // What is piped in is kept below the folder for temporary files, which is this test's own.
  kept = join(made.folder, 'temporary')
  mkdirSync(kept)
  makeWorkspace(folder)
})
afterEach(() => {
  child?.kill('SIGKILL')
  remove()
})

const line = (n: number): string =>
  `${JSON.stringify({
    id: String(n),
    key: `PIPE-${n + 1}`,
    fields: {
      summary: `Issue ${n}`,
      description: 'z'.repeat(300),
      created: new Date(Date.UTC(2024, 0, 1) + n * 60_000).toISOString(),
      status: { name: 'Open' },
    },
  })}\n`

/** Starts an import of what is piped in. */
function importing() {
  const entry = fileURLToPath(new URL('../main.ts', import.meta.url))
  const args = [entry, 'import', '-', '--format', 'jira', '--json', '--workspace', folder]
  const started = spawn(process.execPath, args, { env: { ...process.env, TMPDIR: kept } })
  child = started
  let stderr = ''
  started.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  // Whoever stops reads no more of it.
  started.stdin.on('error', () => {})
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) =>
    started.on('close', (code) => resolve({ code, stderr })),
  )
  return { started, ended }
}

/** Bytes of the input that are kept by now. */
const keptBytes = (): number =>
  readdirSync(kept).reduce((sum, name) => {
    const file = join(kept, name, 'standard-input')
    return sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0)
  }, 0)
function issues(): number {
  const workspace = openedWorkspace(folder)
  try {
    return Number(workspace.database.client.prepare('SELECT count(*) FROM issues').pluck().get())
  } finally {
    workspace.close()
  }
}

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s while standard input still comes leaves nothing of it behind, and imports nothing',
  async (signal) => {
    const { started, ended } = importing()
    // It never ends: nobody closes it.
    started.stdin.write(line(0))
    await vi.waitUntil(() => keptBytes() > 0, { timeout: 60_000, interval: 5 })
    started.kill(signal)
    const { code, stderr } = await ended
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('Stopped') })
    expect(readdirSync(kept)).toEqual([])
    expect(issues()).toBe(0)
  },
)

it.each(['SIGINT', 'SIGTERM'] as const)(
  '%s while what was piped in is imported leaves nothing of it behind, and what is in stays in',
  async (signal) => {
    const { started, ended } = importing()
    started.stdin.end(Array.from({ length: 5_000 }, (_, n) => line(n)).join(''))
    const wal = join(folder, 'log.db-wal')
    const written = () => (statSync(wal, { throwIfNoEntry: false })?.size ?? 0) > 200_000
    await vi.waitUntil(() => started.exitCode !== null || written(), { timeout: 60_000, interval: 2 })
    expect(keptBytes()).toBeGreaterThan(1_000_000)
    started.kill(signal)
    expect(await ended).toMatchObject({ code: 1, stderr: expect.stringContaining('Stopped') })
    expect(readdirSync(kept)).toEqual([])
    expect(issues()).toBeGreaterThan(0)
    expect(issues()).toBeLessThan(5_000)
  },
)
