import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder: string
let launcher: ChildProcess | undefined
/** The process that the launcher stands for. */
let inner: number | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-launcher-'))
})
afterEach(() => {
  launcher?.kill('SIGKILL')
  try {
    if (inner !== undefined) process.kill(inner, 'SIGKILL')
  } catch {
    // Gone already.
  }
  inner = undefined
  rmSync(folder, { recursive: true, force: true })
})

type Ended = { code: number | null; signal: NodeJS.Signals | null; stdout: string }

/** Starts a file on a Node that says of itself that it is old, and waits for its first line. */
async function onOldNode(file: string, ...args: string[]): Promise<{ line: string; ended: Promise<Ended> }> {
  const old = join(folder, 'old.mjs')
  writeFileSync(
    old,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } })`,
  )
  const child = spawn(process.execPath, ['--import', old, file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  launcher = child
  let stdout = ''
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, stdout })),
  )
  const line = await new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (stdout.includes('\n')) resolve(stdout.slice(0, stdout.indexOf('\n')))
    })
    child.on('close', () => resolve(stdout))
  })
  return { line, ended }
}

/** A command that says its process id and then does as its source says. */
async function command(source: string) {
  const entry = join(folder, 'main.mjs')
  writeFileSync(entry, `${source}; setInterval(() => {}, 1_000); console.log(process.pid)`)
  const file = join(folder, 'command.mjs')
  writeFileSync(
    file,
    `import { runOnNewNode } from ${JSON.stringify(new URL('./new-node.mjs', import.meta.url).href)}
     await runOnNewNode('command', new URL('./main.mjs', import.meta.url))`,
  )
  const { line, ended } = await onOldNode(file)
  inner = Number(line)
  expect(inner).not.toBe(launcher?.pid)
  return { child: launcher as ChildProcess, ended }
}

describe('a command started on an old Node', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('is told of %s, and ends as it wants to', async (signal) => {
    const { child, ended } = await command(
      `process.on('${signal}', () => { console.log('in good order'); process.exit(3) })`,
    )
    child.kill(signal)
    expect(await ended).toMatchObject({ code: 3, stdout: expect.stringContaining('in good order') })
  })

  it('passes for ended by the signal that ended it', async () => {
    const { child, ended } = await command('')
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: null, signal: 'SIGTERM' })
  })

  it('ends in good order when what was started is killed', async () => {
    const { child, ended } = await command(
      `process.on('SIGTERM', () => { console.log('in good order'); process.exit(0) })`,
    )
    child.kill('SIGKILL')
    // The pipe closes once both are gone.
    expect(await ended).toMatchObject({ signal: 'SIGKILL', stdout: expect.stringContaining('in good order') })
  })

  it('can be stopped by its process id: docket work', async () => {
    const docket = fileURLToPath(new URL('../src/cli/docket.mjs', import.meta.url))
    const workspace = join(folder, 'workspace')
    const made = await onOldNode(docket, 'init', '--workspace', workspace)
    expect(await made.ended).toMatchObject({ code: 0 })
    const { line, ended } = await onOldNode(docket, 'work', '--workspace', workspace)
    expect(line).toContain('Running the inboxes')
    launcher?.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: 0, signal: null })
  })
})
