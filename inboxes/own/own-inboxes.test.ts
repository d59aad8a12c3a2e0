import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runningInboxes } from '../testing/running.ts'
import { ownInboxFiles } from './own-inbox-files.ts'
import { changeTrust, type OwnInboxPlace } from './own-inbox-trust.ts'
import { ownInboxes } from './own-inboxes.ts'

type Running = ReturnType<typeof runningInboxes>
let world: Running
let started: ReturnType<Running['run']> | undefined

beforeEach(() => {
  world = runningInboxes()
  mkdirSync(join(world.folder, 'inboxes'))
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(async () => {
  await world.close()
  started = undefined
  vi.restoreAllMocks()
})

const limits = { loadMillis: 15_000, callMillis: 3_000, heapMegabytes: 32, memoryMegabytes: 200 }
const pace = { firstBackoffMillis: 1, longestBackoffMillis: 5, attempts: 20, timeoutMillis: 20_000 }
const circuit = { failures: 1_000, restMillis: 1 }

const put = (name: string, source: string) =>
  writeFileSync(join(world.folder, 'inboxes', `${name}.mjs`), source)
const place = (): OwnInboxPlace => ({
  inboxDatabase: world.inboxDatabase,
  workspaceId: 'this one',
  userFolder: join(world.folder, 'config'),
})
function trust(name: string): void {
  const file = ownInboxFiles(place()).find((each) => each.name === `own-${name}`)
  changeTrust(place(), `own-${name}`, { hash: file?.hash ?? null, at: 1, on: true })
}
const enable = (name: string) => {
  world.deliveryStore.ensure(`own-${name}`, world.log.position(), true)
  world.inboxDatabase.client.prepare('UPDATE inboxes SET enabled = 1 WHERE name = ?').run(`own-${name}`)
}
function run(): void {
  const own = ownInboxes({ place, limits, onChange: () => started?.refresh() })
  started = world.run(() => own.list(), { pace, circuit })
}
const trouble = (name: string): string | null =>
  world.inboxDatabase.client
    .prepare('SELECT trouble FROM inboxes WHERE name = ?')
    .pluck()
    .get(`own-${name}`) as string | null
const delivered = (name: string): number =>
  world.inboxDatabase.client
    .prepare('SELECT count(*) FROM deliveries WHERE inbox = ? AND state = 1')
    .pluck()
    .get(`own-${name}`) as number
const comments = (count: number) => {
  world.issue(count)
  started?.wake()
}
const eventually = { timeout: 45_000 }

const sound = `export const inbox = { types: ['commented'], handle: () => ({ kind: 'done' }) }`

describe('an inbox of one’s own', () => {
  it('is run once its file is trusted and it is switched on, sees the event and its issue, and tells apart what it answers', async () => {
    put(
      'mine',
      `import { readFileSync } from 'node:fs'
       export const inbox = {
         title: 'Mine', types: ['commented'],
         shouldProcess: (event) => event.data.body !== 'Comment 1',
         handle(event, { issue, actor }) {
           if (event.data.body === 'Comment 2') return { kind: 'give_up', why: issue.title + ' ' + typeof readFileSync + ' ' + Object.keys(process.env).length }
         },
       }`,
    )
    trust('mine')
    enable('mine')
    run()
    await expect.poll(() => trouble('mine'), eventually).toBeNull()
    comments(3)
    const rows = () =>
      world.inboxDatabase.client
        .prepare(`SELECT state, detail FROM deliveries WHERE inbox = 'own-mine' ORDER BY id`)
        .all()
    await expect.poll(rows, eventually).toEqual([
      { state: 1, detail: null },
      { state: 2, detail: 'It did not want this one' },
      { state: 3, detail: 'An issue function 0' },
    ])
  })

  it.each([
    ['throws at load', `throw new Error('not today')`, /did not load: not today/],
    ['exports nothing of use', `export const inbox = 5`, /exports no "inbox"/],
    ['is no JavaScript', `export const inbox = {`, /did not load/],
    ['loops while it loads', `for (;;);`, /did not load within 15 s/],
    ['loops for ever', `export const inbox = { handle() { for (;;); } }`, /did not answer within 3 s/],
    [
      'never answers',
      `export const inbox = { handle: () => new Promise(() => {}) }`,
      /did not answer within/,
    ],
    [
      'eats memory',
      `export const inbox = { handle() { const all = []; for (;;) all.push({ n: all.length, text: 'x'.repeat(50) + all.length }) } }`,
      /more than 32 MB of memory|did not answer/,
    ],
    [
      'eats buffers',
      `export const inbox = { async handle() { const all = []; for (;;) { all.push(new Uint8Array(5e6).fill(1)); await new Promise((go) => setTimeout(go, 5)) } } }`,
      /more than 200 MB of memory/,
    ],
    ['ends its process', `export const inbox = { handle() { process.exit() } }`, /ended by itself/],
  ])(
    'one that %s is stopped and named, and the others go on',
    async (_, source, sentence) => {
      put('bad', source)
      put('sound', sound)
      for (const name of ['bad', 'sound']) {
        trust(name)
        enable(name)
      }
      run()
      await expect.poll(() => trouble('sound'), eventually).toBeNull()
      comments(5)
      await expect.poll(() => delivered('sound'), eventually).toBe(5)
      await expect.poll(() => trouble('bad'), eventually).toMatch(sentence)
      expect(trouble('bad')).toMatch(/^own-bad .*Mend bad\.mjs and trust it again\.$/)
      comments(2)
      await expect.poll(() => delivered('sound'), eventually).toBe(7)
    },
    60_000,
  )

  it('one that answers nonsense or throws has dead letters that say so', async () => {
    put('odd', `export const inbox = { types: ['commented'], handle: () => 42 }`)
    put('throws', `export const inbox = { types: ['commented'], handle() { throw new Error('no network') } }`)
    for (const name of ['odd', 'throws']) {
      trust(name)
      enable(name)
    }
    run()
    await expect.poll(() => [trouble('odd'), trouble('throws')], eventually).toEqual([null, null])
    comments(1)
    const dead = () =>
      world.inboxDatabase.client
        .prepare('SELECT inbox, detail FROM deliveries WHERE state = 3 ORDER BY inbox')
        .all()
    await expect.poll(dead, eventually).toEqual([
      { inbox: 'own-odd', detail: 'own-odd answered something that is no outcome.' },
      { inbox: 'own-throws', detail: 'own-throws threw: no network' },
    ])
  })

  it('one that is not trusted, or was changed since, is never executed, and what waits for it stays', async () => {
    const source = `console.error('it was executed'); ${sound}`
    const executed = () => vi.mocked(console.error).mock.calls.flat()
    put('new', source)
    put('changed', sound)
    trust('changed')
    put('changed', source)
    put('sound', sound)
    trust('sound')
    for (const name of ['new', 'changed', 'sound']) enable(name)
    run()
    await expect.poll(() => trouble('sound'), eventually).toBeNull()
    comments(2)
    await expect.poll(() => delivered('sound'), eventually).toBe(2)
    expect(trouble('new')).toBe('new.mjs is not trusted yet. Look at it, then trust it.')
    expect(trouble('changed')).toBe(
      'changed.mjs changed since it was trusted. Look at it, then trust it again.',
    )
    expect(executed()).toEqual([])
    // Trusted now, it goes on from where it was left.
    trust('new')
    started?.refresh()
    await expect.poll(() => delivered('new'), eventually).toBe(2)
    expect(executed()).toEqual(['own-new: it was executed'])
  })
})
