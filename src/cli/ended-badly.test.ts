import { execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeWorkspace, temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { docket } from './testing/run-docket.ts'

let folder: string
let remove: () => void
beforeEach(() => {
  ;({ folder, remove } = temporaryFolder())
  makeWorkspace(folder)
})
afterEach(() => remove())

type Ended = { readonly code: number | null; readonly stderr: string }
const entry = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

function started(path: string, args: readonly string[]) {
  const child = spawn(process.execPath, [entry(path), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DOCKET_WORKSPACE: folder, DATABASE_URL: '' },
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, stderr })))
  return { child, ended }
}

/** The processes that a process of ours started. */
function childrenOf(pid: number): number[] {
  try {
    const out = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
    return out.trim().split(/\s+/).filter(Boolean).map(Number)
  } catch {
    return []
  }
}

it.skipIf(process.platform !== 'linux')(
  'a worker that dies again and again ends the command with a sentence',
  async () => {
    const { child, ended } = started('src/cli/main.ts', ['work'])
    let over = false
    void ended.then(() => {
      over = true
    })
    child.stdout.resume()
    const killed = new Set<number>()
    // Each new one is killed as it comes up, the first once it runs; the command ends when it gives up.
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()))
    while (!over) {
      for (const pid of childrenOf(child.pid as number))
        if (!killed.has(pid)) {
          killed.add(pid)
          process.kill(pid, 'SIGKILL')
        }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const { code, stderr } = await ended
    expect(killed.size).toBeGreaterThanOrEqual(6)
    expect(code).toBe(1)
    expect(stderr).toMatch(/docket: The inbox worker was killed, for the 6th time .* \[internal\]\n$/)
    expect(stderr).not.toMatch(/Warning|unsettled/)
  },
  120_000,
)

it('an authority that is none is a mistake in the command, and nothing is asked of anybody', async () => {
  const text = join(folder, 'not-a-certificate.pem')
  writeFileSync(text, 'Dear Ada,\n')
  for (const [file, why] of [
    [join(folder, 'nowhere.pem'), 'there is no such file'],
    [folder, 'that is no file'],
    [text, 'that is no certificate'],
  ] as const) {
    const joining = ['sync', 'join', 'https://127.0.0.1:1', '--invite', '-', '--ca', file]
    const { code, stderr } = await docket([...joining, '--workspace', folder], {
      input: 'abcdefgh12',
    })
    expect(stderr).toContain(why)
    expect(stderr).toMatch(/^docket: --ca .*\.\n$/)
    expect(code).toBe(2)
  }
})

it('a certificate of the server that is not there is a mistake in the command, too', async () => {
  const args = ['--data', join(folder, 'server'), '--tls-cert', join(folder, 'nowhere.pem')]
  const { child, ended } = started('server/docket-server.mjs', args)
  child.stdout.resume()
  const { code, stderr } = await ended
  expect(stderr).toMatch(/--tls-cert .* There is no such file\.\n/)
  expect(code).toBe(2)
})

it('whoever stops reading early ends a command without a word', async () => {
  for (const [path, ...args] of [
    ['src/cli/docket.mjs', 'feed'],
    ['src/cli/docket.mjs', 'feed', '--json'],
    ['src/cli/docket.mjs', '--help'],
    ['server/docket-server.mjs', '--help'],
    [
      'server/docket-server.mjs',
      '--data',
      join(folder, 'server'),
      'admin',
      'create-workspace',
      '--name',
      'T',
    ],
    ['server/docket-server.mjs', '--data', join(folder, 'server'), 'admin', 'workspaces'],
  ] as const) {
    const { child, ended } = started(path, args)
    child.stdout.destroy()
    expect({ args, ...(await ended) }).toEqual({ args, code: 0, stderr: '' })
  }
}, 60_000)
