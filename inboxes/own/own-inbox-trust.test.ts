import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { inboxDatabaseFile, openInboxDatabase } from '../store/open-store.ts'
import { ownInboxFiles } from './own-inbox-files.ts'
import { changeTrust, type OwnInboxPlace } from './own-inbox-trust.ts'

let root: string
let open: { close(): void }[]
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'docket-trust-'))
  open = []
  mkdirSync(join(root, 'work', 'inboxes'), { recursive: true })
  writeFileSync(
    join(root, 'work', 'inboxes', 'mine.mjs'),
    '// hosts: hooks.example.org\nexport const inbox = {}',
  )
})
afterEach(() => {
  for (const each of open) each.close()
  rmSync(root, { recursive: true, force: true })
})

function place(folder = 'work', workspaceId = 'w'): OwnInboxPlace {
  const inboxDatabase = openInboxDatabase(inboxDatabaseFile(join(root, folder)))
  if (!inboxDatabase.ok) throw new Error(inboxDatabase.error.message)
  open.push(inboxDatabase.value.client)
  return { inboxDatabase: inboxDatabase.value, workspaceId, userFolder: join(root, 'config') }
}
const mine = (of: OwnInboxPlace) => ownInboxFiles(of)[0]
function trust(of: OwnInboxPlace): void {
  changeTrust(of, 'own-mine', { hash: mine(of)?.hash ?? null, on: true })
}
/** Every file below a folder. */
const below = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

it('trust lies outside of the folder, readable to this user alone, and holds for these bytes', () => {
  const here = place()
  expect(mine(here)).toMatchObject({
    trusted: false,
    hosts: ['hooks.example.org'],
    refusal: 'mine.mjs is not trusted yet. Look at it, then trust it.',
  })
  trust(here)
  expect(mine(place())).toMatchObject({ trusted: true, refusal: undefined, trust: { on: true } })
  const [record = ''] = below(join(root, 'config'))
  expect(statSync(record).mode & 0o777).toBe(0o600)
  expect(statSync(join(record, '..')).mode & 0o777).toBe(0o700)
  expect(
    below(join(root, 'work')).some((file) => readFileSync(file, 'utf8').includes(mine(here)?.hash ?? '-')),
  ).toBe(false)
})

it('a byte that changes asks again', () => {
  trust(place())
  writeFileSync(
    join(root, 'work', 'inboxes', 'mine.mjs'),
    '// hosts: hooks.example.org\nexport const inbox = {} ',
  )
  expect(mine(place())).toMatchObject({
    trusted: false,
    refusal: 'mine.mjs changed since it was trusted. Look at it, then trust it again.',
  })
})

it('a folder that was copied, moved, or is of another workspace asks again', () => {
  trust(place())
  cpSync(join(root, 'work'), join(root, 'copy'), { recursive: true })
  expect(mine(place('copy'))).toMatchObject({ trusted: false, trust: { hash: null, on: false } })
  expect(mine(place('work', 'another'))).toMatchObject({ trusted: false })
  renameSync(join(root, 'work'), join(root, 'moved'))
  expect(mine(place('moved'))).toMatchObject({ trusted: false })
})

it('a link to the folder is the folder; a link in its place that leads elsewhere is not', () => {
  trust(place())
  symlinkSync(join(root, 'work'), join(root, 'link'))
  expect(mine(place('link'))).toMatchObject({ trusted: true })
  renameSync(join(root, 'work'), join(root, 'elsewhere'))
  symlinkSync(join(root, 'elsewhere'), join(root, 'work'))
  expect(mine(place())).toMatchObject({ trusted: false })
})

it('a record that was copied to another’s place, or is damaged, counts for nothing', () => {
  const here = place()
  trust(here)
  cpSync(join(root, 'work'), join(root, 'copy'), { recursive: true })
  const there = place('copy')
  changeTrust(there, 'own-mine', { on: false })
  const [one = '', other = ''] = below(join(root, 'config'))
  const text =
    [one, other].map((file) => readFileSync(file, 'utf8')).find((each) => each.includes('"on": true')) ?? ''
  for (const file of [one, other]) writeFileSync(file, text)
  expect(mine(there)).toMatchObject({ trusted: false })
  for (const file of [one, other]) writeFileSync(file, text.slice(0, 40))
  expect(mine(here)).toMatchObject({ trusted: false })
})

it('what an earlier Docket wrote into the folder counts for nothing, and is said', () => {
  const here = place()
  here.inboxDatabase.client
    .prepare('INSERT INTO trusted (file, hash, at) VALUES (?, ?, 1)')
    .run('own-mine', mine(here)?.hash)
  expect(mine(here)).toMatchObject({
    trusted: false,
    refusal:
      'mine.mjs was trusted elsewhere, or by an earlier Docket: that lies in this folder and does not count on this computer. Look at it, then trust it here.',
  })
})
