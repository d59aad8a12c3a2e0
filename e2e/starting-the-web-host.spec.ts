import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './host/project-root.ts'
import { appNode, startWebHost } from './host/web-host.ts'
import type { Ended } from './testing/docket.ts'
import { expect, test } from './testing/docket-test.ts'

let folder: string
test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-start-'))
})
test.afterEach(() => rm(folder, { recursive: true }))
test.skip(({ host }) => host !== 'web', 'the desktop host is started otherwise')

const run = (...args: string[]) =>
  new Promise<Ended>((resolve) => {
    execFile(appNode, ['src/web/main.ts', '--no-open', ...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, code: error ? Number(error.code) : 0 })
    })
  })

test('a folder that is none yet becomes a workspace, and a signal ends the host cleanly', async () => {
  const workspace = join(folder, 'new', 'one')
  const host = await startWebHost(workspace)
  expect(host.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/)
  expect(await readdir(workspace)).toContain('log.db')
  expect(await host.stop()).toBe(0)
  expect(host.complaints()).toBe('')
  await expect(fetch(host.url)).rejects.toThrow()
})

test('a port in use is one clear line', async () => {
  const host = await startWebHost(join(folder, 'one'))
  const second = await run('--workspace', join(folder, 'two'), '--port', String(host.port))
  expect(second).toMatchObject({ code: 1, stdout: '' })
  expect(second.stderr).toMatch(new RegExp(`^.*Port ${host.port} is in use\\..*\\n$`))
  expect(await host.stop()).toBe(0)
})

test('a workspace that can’t be opened is one clear line', async () => {
  const file = join(folder, 'a-file')
  await writeFile(file, 'text')
  await mkdir(join(folder, 'broken'))
  await writeFile(join(folder, 'broken', 'log.db'), 'This is no database at all. '.repeat(400))
  for (const workspace of [file, join(folder, 'broken')]) {
    const { code, stdout, stderr } = await run('--workspace', workspace)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain(workspace)
  }
})

test('wrong usage is told apart from a refusal', async () => {
  for (const args of [['--port', 'eighty'], ['--port', '70000'], ['--colour', 'red'], ['something']]) {
    const { code, stdout, stderr } = await run(...args)
    expect([code, stdout], args.join(' ')).toEqual([2, ''])
    expect(stderr).toContain('Usage:')
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  }
})
