import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { runningInboxes } from '../testing/running.ts'
import { ownInboxFiles } from './own-inbox-files.ts'
import { changeTrust, ownInboxStateFolder } from './own-inbox-trust.ts'
import { ownInboxes } from './own-inboxes.ts'

const page = readFileSync(new URL('../../docs/own-inboxes.md', import.meta.url), 'utf8')
const [example = '', kit = ''] = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code ?? '')

let world: ReturnType<typeof runningInboxes>
beforeEach(() => {
  world = runningInboxes()
})
afterEach(() => world.close())

it('the example is about twenty lines', () => {
  const lines = example.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//'))
  expect(lines.length).toBeLessThanOrEqual(20)
})

it('the example and its test do what the page says, through the kit', () => {
  writeFileSync(join(world.folder, 'release-notes.mjs'), example)
  const kitFile = fileURLToPath(new URL('./test-kit.mjs', import.meta.url))
  writeFileSync(join(world.folder, 'test.mjs'), kit.replace('../docket/inboxes/own/test-kit.mjs', kitFile))
  const said = execFileSync(process.execPath, ['test.mjs'], { cwd: world.folder, encoding: 'utf8' })
  expect(said.trim()).toBe(/console\.log\(.*\/\/ (.*)/.exec(kit)?.[1])
  expect(readFileSync(join(world.folder, 'release-notes.md'), 'utf8')).toBe(
    '- It crashed (DOC-7, thanks to Ada Lovelace)\n',
  )
})

it('the example runs as a real inbox', async () => {
  mkdirSync(join(world.folder, 'inboxes'))
  writeFileSync(join(world.folder, 'inboxes/release-notes.mjs'), example)
  const place = {
    inboxDatabase: world.inboxDatabase,
    workspaceId: 'this one',
    userFolder: join(world.folder, 'config'),
  }
  const [file] = ownInboxFiles(place)
  changeTrust(place, 'own-release-notes', { hash: file?.hash ?? null, on: true })
  world.deliveryStore.ensure('own-release-notes', 0, true)
  let started: { refresh(): void } | undefined
  const own = ownInboxes({ place: () => place, onChange: () => started?.refresh() })
  started = world.run(() => own.list())
  const { log, me } = world
  const label = '00000000-0000-7000-8002-000000000001'
  const id = (n: number) => `00000000-0000-7000-8009-${String(n).padStart(12, '0')}`
  log.append({ type: 'member', id: me }, [
    { id: id(1), type: 'member_joined', data: { name: 'Ada', handle: 'ada' }, actorId: me },
  ])
  log.append({ type: 'label', id: label }, [
    { id: id(2), type: 'label_created', data: { name: 'bug', colour: '#5e6ad2' }, actorId: me },
  ])
  const issue = world.issue()
  log.append({ type: 'issue', id: issue }, [
    { id: id(3), type: 'labeled', data: { labelId: label }, actorId: me },
    {
      id: id(4),
      type: 'status_changed',
      data: { from: 'open', to: 'closed', transition: 'close' },
      actorId: me,
    },
  ])
  started.refresh()
  await vi.waitFor(
    () =>
      expect(
        readFileSync(join(ownInboxStateFolder(place, 'own-release-notes'), 'release-notes.md'), 'utf8'),
      ).toMatch(/^- An issue \(DOC-.*, thanks to Ada\)\n$/),
    { timeout: 20_000 },
  )
})
