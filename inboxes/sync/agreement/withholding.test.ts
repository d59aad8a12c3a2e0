import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Hello } from '#contract/sync-api/hello.ts'
import type { PulledPage } from '#contract/sync-api/pull.ts'
import type { Pushed } from '#contract/sync-api/push.ts'
import { type ChainEnd, chainReader } from '#db/log/read/chain-reader.ts'
import { type RunningServer, startServer } from '#server/start-server.ts'
import { type Copy, newCopy } from '../testing/copy.ts'
import { type Door, doorTo } from '../testing/door.ts'

// A server that does not show all that it has: a real one, behind a door that leaves things out, moves them or makes them up.

let folder: string
let server: RunningServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docket-withholding-'))
  // More teams are made here in a minute than people join one.
  server = await startServer({ data: join(folder, 'data'), limits: { attempts: 1_000 } })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

let door: Door
const copies: Copy[] = []
beforeEach(async () => {
  door = await doorTo(() => server.url)
})
afterEach(async () => {
  for (const copy of copies.splice(0)) await copy.close()
  door.close()
})

const issue = (title: string) => ({ type: 'create', issueId: uuidv7(), title })
const titles = ({ replica }: Copy): unknown[] =>
  replica.workspace.database.client.prepare('SELECT title FROM issues ORDER BY title').pluck().all()
function ownEnd({ replica: { workspace } }: Copy): ChainEnd {
  const own = chainReader(workspace.database, workspace.log.streamIds)
    .ends()
    .find((end) => end.own)
  if (!own) throw new Error('nothing was recorded')
  return own
}
const changePage = (how: (page: PulledPage) => unknown): void =>
  door.change('events', (body) => how(body as unknown as PulledPage))
const pushes = (): number => door.asked.filter(({ route }) => route === 'push').length

/** The last event of a page that a member recorded, which nothing there follows. */
function lastOfAMember({ events, receipts }: PulledPage): PulledPage['events'][number] | undefined {
  const theirs = receipts.findIndex(({ memberId }) => memberId !== null)
  return events.findLast(({ chain }) => chain === theirs)
}
const without = (page: PulledPage, left: PulledPage['events'][number] | undefined): PulledPage => ({
  ...page,
  events: page.events.filter((each) => each !== left),
})

describe.each([
  ['readable', false],
  ['encrypted', true],
])('in a workspace that is %s', (_, encrypted) => {
  /** Ada asks the server itself, Ben through the door; both have what was there before. */
  async function team(): Promise<{ readonly ada: Copy; readonly ben: Copy }> {
    const { code } = await server.admin.createWorkspace('Team')
    const made = async (name: string, url: string, code: string, key?: string): Promise<Copy> => {
      const copy = await newCopy({ url, code, name, ...(key ? { key } : {}) })
      copies.push(copy)
      await copy.begin()
      return copy
    }
    const ada = await made('Ada', server.url, code, encrypted ? 'first' : undefined)
    ada.record(issue('Before'))
    await ada.until({ state: 'up_to_date', unpushed: 0 })
    const key = encrypted ? `1:${ada.keys()?.ring['1']}` : undefined
    const invited = await ada.client.invite({})
    if (!invited.ok) throw new Error(invited.error.message)
    const ben = await made('Ben', door.url, invited.value.code, key)
    expect(titles(ben)).toEqual(['Before'])
    return { ada, ben }
  }

  const lies: Record<string, (page: PulledPage, ben: Copy) => unknown> = {
    'withholds one change for ever': (page) => without(page, lastOfAMember(page)),
    'moves two changes': (page) => ({ ...page, events: page.events.toReversed() }),
    'hands out a place ahead of what it sent': (page) => ({
      ...page,
      cursor: { seq: page.cursor.seq + 1, mark: 'a'.repeat(64) },
    }),
    'says that there is nothing, and moves on': (page) => ({
      ...page,
      chains: [],
      events: [],
      receipts: [],
    }),
    'says that what it withholds is the reader’s own': (page, ben) => {
      const left = lastOfAMember(page)
      const run = { place: page.cursor.seq, chain: ownEnd(ben).chain, seq: 1, count: 1 }
      return { ...without(page, left), leftOut: left ? [run] : [] }
    },
    'names a run of more than there is': (page) => ({
      ...without(page, lastOfAMember(page)),
      leftOut: [{ place: 1, chain: page.chains[0]?.chain, seq: 1, count: 2_000_000_000 }],
    }),
    'is an older one by its own word, and withholds': ({ leftOut: _, ...page }) =>
      without(page as PulledPage, lastOfAMember(page as PulledPage)),
  }
  it.each(Object.keys(lies))('a server that %s is found out, and gets nothing more', async (name) => {
    const { ada, ben } = await team()
    ben.record(issue('Ben’s own'))
    await ben.until({ state: 'up_to_date', unpushed: 0 })
    changePage((page) => (lies[name] as (typeof lies)[string])(page, ben))
    for (const title of ['One', 'Two']) ada.record(issue(title))
    await ben.until({ state: 'refused', reason: { code: 'order_broken' } })
    expect(ben.engine.view().reason?.message).toMatch(/^The server left a change out, .*\.$/)
    // What was there stays, and what is new stays here.
    ben.record(issue('Kept back'))
    const before = pushes()
    await ben.engine.now()
    await ben.until({ state: 'refused', reason: { code: 'order_broken' } })
    expect(pushes()).toBe(before)
    expect(titles(ben)).toEqual(expect.arrayContaining(['Before', 'Ben’s own', 'Kept back']))
    expect(titles(ben)).not.toContain('Two')

    door.honest()
    await ben.engine.now()
    await ben.until({ state: 'up_to_date', reason: null, unpushed: 0 })
    expect(titles(ben)).toEqual(['Before', 'Ben’s own', 'Kept back', 'One', 'Two'])
    await expect.poll(() => titles(ada), { timeout: 30_000 }).toEqual(titles(ben))
  })

  it('a server that takes a change and gives it no place is found out', async () => {
    const { ben } = await team()
    const { cursor } = await greeted(ben)
    let sent = 0
    door.change('push', () => {
      sent += 1
      return { stored: ownEnd(ben).seq, cursor } satisfies Pushed
    })
    // As if it had never come; the real one did get it, so that is taken out of the pages.
    changePage((page) => ({
      ...page,
      leftOut: [],
      events: [],
      chains: [],
      receipts: [],
      cursor,
      more: false,
    }))
    door.change('hello', (hello) => ({ ...hello, cursor }))
    ben.record(issue('Swallowed'))
    await ben.until({ state: 'refused', reason: { code: 'order_broken' } })
    expect(sent).toBeGreaterThan(0)
    expect(titles(ben)).toEqual(['Before', 'Swallowed'])
    door.honest()
    await ben.engine.now()
    await ben.until({ state: 'up_to_date', unpushed: 0 })
  })

  it('a server that greets with more than it hands out is found out', async () => {
    const { ada, ben } = await team()
    const { cursor } = await greeted(ben)
    changePage((page) => ({
      ...page,
      leftOut: [],
      events: [],
      chains: [],
      receipts: [],
      cursor,
      more: false,
    }))
    ada.record(issue('One'))
    await ada.until({ unpushed: 0, state: 'up_to_date' })
    await ben.engine.now()
    await ben.until({ state: 'refused', reason: { code: 'order_broken' } })
  })

  it('an older server, which does not say where what it leaves out stands, is asked to leave nothing out', async () => {
    const { ada, ben } = await team()
    changePage(({ leftOut: _, ...page }) => page)
    for (const title of ['One', 'Two', 'Three']) {
      ben.record(issue(`${title} of Ben`))
      ada.record(issue(`${title} of Ada`))
    }
    for (const copy of [ada, ben]) {
      await expect.poll(() => titles(copy).length, { timeout: 30_000 }).toBe(7)
      await copy.until({ state: 'up_to_date', unpushed: 0, reason: null })
    }
  })
})

async function greeted({ client }: Copy): Promise<Hello> {
  const answer = await client.hello({ chains: [], cursor: { seq: 0, mark: '0'.repeat(64) } })
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value
}
