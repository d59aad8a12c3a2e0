import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { command } from '#core/commands.ts'
import { docket } from '../../cli/testing/run-docket.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'
import { backUp } from './back-up.ts'
import { initWorkspace, logFile } from './init-workspace.ts'
import { newestBackup, notedBackups } from './noted-backups.ts'
import { openWorkspace } from './workspace.ts'

let root: string
let folder: string
let remove: () => void
beforeEach(() => {
  ;({ folder: root, remove } = temporaryFolder())
  folder = join(root, 'workspace')
  makeWorkspace(folder)
})
afterEach(() => remove())

function issues(...titles: readonly string[]): void {
  const workspace = openedWorkspace(folder)
  for (const title of titles)
    expect(
      workspace.commands.execute(command.parse({ type: 'create', issueId: uuidv7(), title })),
    ).toMatchObject({
      ok: true,
    })
  workspace.close()
}
const run = (...args: string[]) => docket([...args, '--workspace', folder])
function refusedOpening(): { code: string; message: string; details?: unknown } {
  const opened = openWorkspace(folder)
  if (opened.ok) opened.value.close()
  expect(opened).toMatchObject({ ok: false })
  return opened.ok ? { code: '', message: '' } : opened.error
}
/** Everything in the folder, by name and bytes. */
const contents = () =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name)).toString('base64')])
    .sort()

describe('a log that is not there', () => {
  it.each([
    ['has no bytes', () => truncateSync(logFile(folder), 0), 'is empty'],
    ['is gone beside an inboxes.db', () => rmSync(logFile(folder)), 'is missing, though inboxes.db is here'],
  ])(
    'that %s is damage: refused, nothing is changed, and the newest backup is named',
    async (_, damage, said) => {
      issues('One', 'Two')
      const kept = join(root, 'kept.db')
      expect(await run('backup', kept)).toMatchObject({ code: 0 })
      damage()
      const before = contents()
      expect(refusedOpening()).toMatchObject({
        code: 'corrupt',
        message: expect.stringMatching(new RegExp(`${said}.*${kept}, of .* with 4 events`)),
        details: { backup: kept },
      })
      expect(initWorkspace({ folder })).toMatchObject({ ok: false, error: { code: 'corrupt' } })
      const ran = await run('list')
      expect(ran).toMatchObject({ code: 1, stdout: '' })
      expect(ran.stderr).toMatch(/^docket: .*\[corrupt\]\n$/)
      expect(contents()).toEqual(before)
      // And as the page says it is put back.
      copyFileSync(kept, logFile(folder))
      expect((await run('list')).stdout).toContain('Two')
    },
  )

  it('from within the folder it is this workspace that is named, not one further up', async () => {
    rmSync(logFile(folder))
    makeWorkspace(root)
    const ran = await docket(['list'], { cwd: folder })
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain(`${folder}/log.db is missing`)
  })

  it('an empty file alone is the start of a workspace for init, and none for anybody else', () => {
    const fresh = join(root, 'fresh')
    mkdirSync(fresh)
    writeFileSync(logFile(fresh), '')
    expect(openWorkspace(fresh)).toMatchObject({ ok: false, error: { code: 'corrupt' } })
    expect(statSync(logFile(fresh)).size).toBe(0)
    expect(initWorkspace({ folder: fresh })).toMatchObject({ ok: true })
  })

  it('a link at whose end is nothing is said so, and nothing is made at its end', () => {
    const elsewhere = join(root, 'not-mounted')
    symlinkSync(elsewhere, join(root, 'link'))
    const there = join(root, 'there')
    mkdirSync(there)
    symlinkSync(join(elsewhere, 'log.db'), logFile(there))
    for (const at of [join(root, 'link'), there]) {
      const refused = {
        ok: false,
        error: { code: 'invalid_input', message: expect.stringContaining(elsewhere) },
      }
      expect(initWorkspace({ folder: at })).toMatchObject(refused)
      expect(openWorkspace(at)).toMatchObject(refused)
    }
    expect(existsSync(elsewhere)).toBe(false)
    expect(readdirSync(there)).toEqual(['log.db'])
  })
})

describe('docket backup', () => {
  const counted = (file: string): number => {
    const database = new Sqlite(file, { readonly: true })
    const count = database.prepare('SELECT count(*) FROM events').pluck().get()
    database.close()
    return Number(count)
  }

  it('has what was confirmed while the log is open elsewhere, which copying the file has not', async () => {
    issues('Before')
    const workspace = openedWorkspace(folder)
    for (const title of ['Confirmed', 'Confirmed too'])
      workspace.commands.execute(command.parse({ type: 'create', issueId: uuidv7(), title }))
    const [kept, copied] = [join(root, 'kept.db'), join(root, 'copied.db')]
    copyFileSync(logFile(folder), copied)
    const ran = await run('backup', kept, '--json')
    workspace.close()
    expect(JSON.parse(ran.stdout)).toEqual({ file: kept, events: 5, bytes: statSync(kept).size, noted: true })
    expect([counted(kept), counted(copied)]).toEqual([5, 3])
    expect(newestBackup(folder)).toMatchObject({ file: kept, events: 5 })
  })

  it('is of one moment, and whole, while another process goes on writing', async () => {
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('../testing/append-child.ts', import.meta.url)), folder],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await once(child.stdout, 'data')
    // Read on, so that the pipe never holds it up.
    child.stdout.resume()
    const kept = join(root, 'kept.db')
    const ran = await run('backup', kept, '--json')
    child.kill('SIGKILL')
    await once(child, 'close')
    const { events } = JSON.parse(ran.stdout)
    expect(events).toBeGreaterThan(2)
    expect(readdirSync(root).sort()).toEqual(['kept.db', 'workspace'])
    expect(counted(kept)).toBe(events)
  })

  it('follows a link, replaces an older backup, and refuses what is no plain file or the workspace’s own', async () => {
    issues('One')
    const workspace = openedWorkspace(folder)
    const kept = join(root, 'kept.db')
    symlinkSync('kept.db', join(root, 'link.db'))
    expect(backUp(workspace, join(root, 'link.db'), 1)).toMatchObject({
      ok: true,
      value: { file: kept, events: 3 },
    })
    expect(backUp(workspace, kept, 2)).toMatchObject({ ok: true })
    expect(lstatSync(join(root, 'link.db')).isSymbolicLink()).toBe(true)
    expect(notedBackups(folder)).toEqual([{ file: kept, at: 2, events: 3 }])
    symlinkSync(logFile(folder), join(root, 'own.db'))
    for (const name of [
      root,
      join(root, 'nowhere', 'kept.db'),
      join(root, 'own.db'),
      join(folder, 'log.db-wal'),
      '-',
    ])
      expect(backUp(workspace, name, 3), name).toMatchObject({ ok: false, error: { code: 'invalid_input' } })
    workspace.close()
  })

  it('of a damaged history is refused, and the backup of before stays', async () => {
    issues('One', 'Two')
    const kept = join(root, 'kept.db')
    await run('backup', kept)
    const before = readFileSync(kept)
    const database = new Sqlite(logFile(folder))
    for (const { name } of database
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'trigger'`)
      .all() as {
      name: string
    }[])
      database.exec(`DROP TRIGGER ${name}`)
    database.exec(`UPDATE events SET data = '{}' WHERE position = 3`)
    database.close()
    const ran = await run('backup', kept)
    expect(ran.code).toBe(1)
    expect(ran.stderr).toMatch(/no backup was written: .*\[corrupt\]\n$/)
    expect(readFileSync(kept).equals(before)).toBe(true)
    expect(readdirSync(root).sort()).toEqual(['kept.db', 'workspace'])
  })
})

describe('a copy that lacks what had been recorded in its folder', () => {
  it('is told of once, by how many events, and goes on', async () => {
    issues('One')
    const older = readFileSync(logFile(folder))
    issues('Two', 'Three')
    writeFileSync(logFile(folder), older)
    const told = await run('list')
    expect(told.code).toBe(0)
    expect(told.stderr).toMatch(
      /^docket: .* ends after 3 events, but 5 had been recorded here: .*\[log_behind\]\n$/,
    )
    expect((await run('list')).stderr).toBe('')
    expect(await run('new', 'Four')).toMatchObject({ code: 0, stderr: '' })
  })

  it('is known by what the inboxes had read, where no head was noted yet, and by what is at that place', async () => {
    issues('One')
    const older = readFileSync(logFile(folder))
    issues('Two')
    await run('work', '--once')
    writeFileSync(logFile(folder), older)
    rmSync(join(folder, 'log.head'))
    const workspace = openedWorkspace(folder)
    expect(workspace.tellGap()).toEqual({ recorded: 4, here: 3 })
    expect(workspace.tellGap()).toBeNull()
    workspace.close()
    // It went on by itself: as long as before, and not the same.
    issues('Other')
    const other = readFileSync(logFile(folder))
    writeFileSync(logFile(folder), older)
    const told = openedWorkspace(folder)
    expect(told.tellGap()).toEqual({ recorded: 4, here: 3 })
    told.close()
    issues('Another')
    writeFileSync(logFile(folder), other)
    const replaced = openedWorkspace(folder)
    expect(replaced.tellGap()).toEqual({ recorded: 4, here: 4 })
    replaced.close()
  })

  it('a folder that was copied whole is none', async () => {
    issues('One')
    expect((await run('list')).stderr).toBe('')
    issues('Two')
    const workspace = openedWorkspace(folder)
    expect(workspace.tellGap()).toBeNull()
    workspace.close()
  })
})
