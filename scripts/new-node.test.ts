import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
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

/** A module that has Node say of itself that it is old. */
function oldNode(): string {
  const old = join(folder, 'old.mjs')
  writeFileSync(
    old,
    `if (!process.send) Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } })`,
  )
  return old
}

/** Starts a file on a Node that says of itself that it is old, and waits for its first line. */
const onOldNode = (file: string, ...args: string[]) =>
  started(process.execPath, ['--import', oldNode(), file, ...args])

async function started(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<{ line: string; ended: Promise<Ended> }> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
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

/** A command's file; the command says its process id and then does as its source says. */
function commandFile(source: string): string {
  const entry = join(folder, 'main.mjs')
  writeFileSync(entry, `${source}; setInterval(() => {}, 1_000); console.log(process.pid)`)
  const file = join(folder, 'command.mjs')
  writeFileSync(
    file,
    `#!/usr/bin/env node
     import { runOnNewNode } from ${JSON.stringify(new URL('./new-node.mjs', import.meta.url).href)}
     await runOnNewNode('command', new URL('./main.mjs', import.meta.url))`,
  )
  chmodSync(file, 0o755)
  return file
}

async function command(source: string) {
  const { line, ended } = await onOldNode(commandFile(source))
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

const inGoodOrder = `process.on('SIGTERM', () => { console.log('in good order'); process.exit(0) })`

describe.skipIf(process.platform === 'win32')('a command started with npx', () => {
  /** The command as `npx` finds it in a project that has it, on an old Node or on this one. */
  async function underNpx(node: 'old' | 'new', source: string) {
    const bin = join(folder, 'node_modules', '.bin')
    mkdirSync(bin, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "name": "a-project", "version": "1.0.0" }')
    symlinkSync(commandFile(source), join(bin, 'a-command'))
    symlinkSync(process.execPath, join(bin, 'node'))
    const env = {
      ...process.env,
      npm_config_cache: join(folder, 'cache'),
      npm_config_update_notifier: 'false',
      NODE_OPTIONS: node === 'old' ? `--import ${oldNode()}` : '',
    }
    const { line, ended } = await started('npx', ['--offline', 'a-command'], { cwd: folder, env })
    inner = Number(line)
    return { npx: launcher as ChildProcess, ended }
  }

  it.each([
    ['SIGTERM', 'old'],
    ['SIGTERM', 'new'],
    ['SIGKILL', 'old'],
    ['SIGKILL', 'new'],
  ] as const)('ends in good order when npx is ended with %s, on an %s Node', async (signal, node) => {
    const { npx, ended } = await underNpx(node, inGoodOrder)
    npx.kill(signal)
    // The pipe closes once all of them are gone.
    expect((await ended).stdout).toContain('in good order')
  })

  it('outlives a parent that is no npm, whatever npm left in the environment', async () => {
    const file = commandFile(`setTimeout(() => { console.log('still here'); process.exit(0) }, 1_500)`)
    const { ended } = await started('sh', ['-c', '"$0" "$1" & read nothing', process.execPath, file], {
      env: { ...process.env, npm_command: 'exec' },
    })
    launcher?.kill('SIGKILL')
    expect((await ended).stdout).toContain('still here')
  })
})
