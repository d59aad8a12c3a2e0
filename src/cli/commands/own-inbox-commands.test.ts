import { hash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { docket } from '../testing/run-docket.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'docket-own-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

async function run(folder: string, ...args: string[]) {
  const ran = await docket([...args, '--workspace', join(root, folder)], {
    env: { XDG_CONFIG_HOME: join(root, 'config') },
  })
  // A copy of a folder may be open to others, which is closed with a note.
  expect(ran.stderr.replace(/^(own-mine: |docket: Others on this machine could read ).*\n/gm, '')).toBe('')
  return ran
}
const executed = /own-mine: it was executed/

/** A workspace with an inbox that says when it runs, and an issue for it. */
async function workspace(folder: string): Promise<void> {
  await run(folder, 'init', '--name', 'Work', '--member', 'Ada')
  mkdirSync(join(root, folder, 'inboxes'), { mode: 0o700 })
  writeFileSync(
    join(root, folder, 'inboxes', 'mine.mjs'),
    `console.error('it was executed')\nexport const inbox = { handle() {} }\n`,
    { mode: 0o600 },
  )
  await run(folder, 'inbox', 'list')
}

it('a folder that came from elsewhere has nothing executed, however much of it says that it is trusted and on', async () => {
  await workspace('work')
  // As it was written by Docket before trust was kept outside of the folder.
  const inboxDatabase = new Sqlite(join(root, 'work', 'inboxes.db'))
  const digest = hash('sha256', readFileSync(join(root, 'work', 'inboxes', 'mine.mjs')), 'hex')
  inboxDatabase.prepare('INSERT INTO trusted (file, hash, at) VALUES (?, ?, 1)').run('own-mine', digest)
  inboxDatabase.prepare('UPDATE inboxes SET enabled = 1 WHERE name = ?').run('own-mine')
  inboxDatabase.close()
  await run('work', 'new', 'An issue')
  const worked = await run('work', 'work', '--once')
  expect(worked.stderr).not.toMatch(executed)
  // Trusted but not switched on here, it still is not.
  await run('work', 'inbox', 'trust', 'mine')
  expect((await run('work', 'work', '--once')).stderr).not.toMatch(executed)
}, 240_000)

it('trusted and switched on here it runs; a copy of the folder asks again, and so does the inbox that changed', async () => {
  await workspace('work')
  const trusted = await run('work', 'inbox', 'trust', 'mine.mjs')
  expect(trusted.stdout).toContain('in this folder and on this computer')
  expect(trusted.stdout).toContain('Switch it on with: docket inbox set own-mine --on')
  await run('work', 'inbox', 'set', 'own-mine', '--on')
  await run('work', 'new', 'An issue')
  expect((await run('work', 'work', '--once')).stderr).toMatch(executed)

  cpSync(join(root, 'work'), join(root, 'copy'), { recursive: true })
  await run('copy', 'new', 'Another')
  expect((await run('copy', 'work', '--once')).stderr).not.toMatch(executed)
  const { inboxes } = JSON.parse((await run('copy', 'inbox', 'list', '--json')).stdout)
  expect(inboxes.find(({ name }: { name: string }) => name === 'own-mine')).toMatchObject({
    state: 'off',
    own: { trusted: false },
  })

  writeFileSync(join(root, 'work', 'inboxes', 'mine.mjs'), `console.error('it was executed')\n`)
  await run('work', 'new', 'A third')
  expect((await run('work', 'work', '--once')).stderr).not.toMatch(executed)
}, 240_000)
