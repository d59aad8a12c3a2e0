import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startServer } from '#server/start-server.ts'
import { docket, type RunOptions } from '../../cli/testing/run-docket.ts'

const nobody = 65_534
const isRoot = process.getuid?.() === 0

let root: string
let umask: number
beforeEach(() => {
  // Whatever is made is for everybody, unless Docket says otherwise.
  umask = process.umask(0)
  root = mkdtempSync(join(tmpdir(), 'docket-private-'))
})
afterEach(() => {
  process.umask(umask)
  rmSync(root, { recursive: true, force: true })
})

const rights = (path: string): string => (statSync(path).mode & 0o777).toString(8)
/** What others may do in a folder and everything below it, by path. */
function open(folder: string): readonly string[] {
  const found = readdirSync(folder, { recursive: true }) as string[]
  return ['.', ...found].filter((name) => statSync(join(folder, name)).mode & 0o077).sort()
}
const run = (folder: string, args: readonly string[], more: RunOptions = {}) =>
  docket([...args, '--workspace', folder], {
    ...more,
    env: { HOME: join(root, 'home'), XDG_CONFIG_HOME: join(root, 'config'), ...more.env },
  })
async function done(folder: string, ...args: readonly string[]): Promise<string> {
  const { code, stderr } = await run(folder, args)
  expect({ args, code, stderr }).toMatchObject({ code: 0 })
  return stderr
}
const files = ['log.db', 'log.db-wal', 'log.db-shm', 'inboxes.db', 'inboxes.db-wal', 'inboxes.db-shm']

/** Each of these is a few commands in processes of their own, on a machine that may have much else to do. */
const timeout = 240_000

describe('what Docket keeps is for the person whose account it runs under', { timeout }, () => {
  it('a new workspace, with all that is beside it, is nobody else’s', async () => {
    const folder = join(root, 'new', 'workspace')
    expect(await done(folder, 'init', '--member', 'Ada')).toBe('')
    expect(await done(folder, 'new', 'One')).toBe('')
    await run(folder, ['inbox', 'set', 'email', '--secret', 'password'], { input: 'hunter2' })
    await done(folder, 'work', '--once')
    expect([open(join(root, 'new')), open(join(root, 'config'))]).toEqual([[], []])
  })

  it('one that others could read is theirs no more, and says so once', async () => {
    const folder = join(root, 'workspace')
    await done(folder, 'init', '--member', 'Ada')
    mkdirSync(join(folder, 'reports'), { mode: 0o755 })
    mkdirSync(join(folder, 'backups'), { mode: 0o755 })
    const there = files.filter((name) => readdirSync(folder).includes(name))
    for (const name of there) chmodSync(join(folder, name), 0o644)
    chmodSync(folder, 0o755)
    const note = await done(folder, 'list')
    expect(note).toMatch(/^docket: Others on this machine could read .*workspace, .*log\.db.*\n$/)
    expect(open(folder)).toEqual([])
    expect(await done(folder, 'list')).toBe('')
  })

  it('a folder with other things in it stays as it is, and so do those: only what is Docket’s is closed', async () => {
    const folder = join(root, 'project')
    mkdirSync(folder, { mode: 0o755 })
    writeFileSync(join(folder, 'main.c'), '', { mode: 0o644 })
    expect(await done(folder, 'init', '--member', 'Ada')).toBe('')
    expect(open(folder)).toEqual(['.', 'main.c'])
    const home = join(root, 'home')
    mkdirSync(home, { mode: 0o755 })
    expect(await done(home, 'init', '--member', 'Ada')).toBe('')
    expect([rights(home), rights(join(home, 'log.db'))]).toEqual(['755', '600'])
  })

  it('a key file that others could read is theirs no more', async () => {
    const folder = join(root, 'workspace')
    await done(folder, 'init', '--member', 'Ada')
    const set = () => run(folder, ['inbox', 'set', 'email', '--secret', 'password'], { input: 'hunter2' })
    await set()
    const key = join(root, 'config', 'docket', 'secrets.key')
    chmodSync(key, 0o644)
    chmodSync(join(key, '..'), 0o755)
    const { stderr } = await set()
    expect(stderr).toContain('secrets.key; from now on only you can')
    expect([rights(key), rights(join(key, '..'))]).toEqual(['600', '700'])
  })

  it.skipIf(!isRoot)('where somebody else’s rights can’t be changed, it says so and goes on', async () => {
    const folder = join(root, 'workspace')
    await done(folder, 'init', '--member', 'Ada')
    await done(folder, 'new', 'One')
    chmodSync(root, 0o755)
    chmodSync(folder, 0o777)
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o666)
    const { code, stdout, stderr } = await run(folder, ['list'], { uid: nobody })
    expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: expect.stringContaining('One') })
    expect(stderr).toMatch(/can read .*log\.db.* can not be changed here/)
  })

  it('a server’s folder is nobody else’s, also where it was open', async () => {
    const data = join(root, 'server')
    mkdirSync(data, { mode: 0o755 })
    const server = await startServer({ data })
    try {
      const shown = ['.', 'admin.json', 'server.lock', 'database'].map((name) => rights(join(data, name)))
      expect(shown).toEqual(['700', '600', '600', '700'])
    } finally {
      await server.close()
    }
  })
})
