import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { agreementText } from '#contract/answers/sync-answers.ts'
import { type RunningServer, startServer } from '#server/start-server.ts'
import { type Copy, newCopy } from '../testing/copy.ts'
import { type Door, doorTo } from '../testing/door.ts'

// A server that shows two members two histories, each whole in itself: two real servers that were one, each of which one of the two is led to.

let folder: string
/** One server at first, then two that went on from the same place. */
let servers: [RunningServer, RunningServer]
let doors: readonly [Door, Door]
/** Whether what the two say of what they come to reaches the same place. */
let wordsMeet: boolean
const copies: Copy[] = []

const start = (data: string) => startServer({ data: join(folder, data), limits: { attempts: 1_000 } })
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docket-two-histories-'))
  const one = await start('one')
  servers = [one, one]
  wordsMeet = false
  const leadTo = (which: 0 | 1) => (route: string) =>
    servers[wordsMeet && ['digests', 'evidence'].includes(route) ? 0 : which].url
  doors = [await doorTo(leadTo(0)), await doorTo(leadTo(1))]
})
afterEach(async () => {
  for (const copy of copies.splice(0)) await copy.close()
  for (const door of doors) door.close()
  for (const server of new Set(servers)) await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const issue = (title: string) => ({ type: 'create', issueId: uuidv7(), title })
const titles = ({ replica }: Copy): unknown[] =>
  replica.workspace.database.client.prepare('SELECT title FROM issues ORDER BY title').pluck().all()

async function made(name: string, url: string, code: string): Promise<Copy> {
  const copy = await newCopy({ url, code, name })
  copies.push(copy)
  await copy.begin()
  copy.record(issue(`${name}’s first`))
  await copy.until({ state: 'up_to_date', unpushed: 0 })
  return copy
}

it('two-histories: nobody is told that they are the same, and once the members’ words meet, both are told that they differ', {
  timeout: 180_000,
}, async () => {
  const alarm = vi.spyOn(console, 'error').mockImplementation(() => {})
  const { code, workspaceId } = await servers[0].admin.createWorkspace('Team')
  const ada = await made('Ada', doors[0].url, code)
  const ben = await made('Ben', doors[1].url, (await servers[0].admin.invite(workspaceId)).code)
  const both = [ada, ben] as const
  for (const copy of both) await copy.until({ agreement: { state: 'same', replicas: 2 } })

  for (const copy of both) copy.pause(true)
  await servers[0].close()
  cpSync(join(folder, 'one'), join(folder, 'other'), { recursive: true })
  servers = [await start('one'), await start('other')]
  for (const copy of both) copy.pause(false)
  const goOn = async (title: string): Promise<void> => {
    ada.record(issue(`${title} of Ada`))
    ben.record(issue(`${title} of Ben`))
    // Each history is a real one: its places follow each other, and nothing in it is wrong.
    for (const copy of both) await copy.until({ state: 'up_to_date', reason: null, unpushed: 0 })
  }
  await goOn('Second')
  for (const copy of both) {
    await expect
      .poll(() => copy.engine.view().agreement.digest === copy.replica.digest(), { timeout: 30_000 })
      .toBe(true)
    expect(copy.engine.view().agreement).toMatchObject({ state: 'unknown', replicas: 1 })
    expect(agreementText(copy.engine.view().agreement)).toMatch(/^Not compared yet/)
  }

  wordsMeet = true
  await goOn('Third')
  for (const copy of both) {
    await copy.until({ agreement: { state: 'differs', replicas: 1 } })
    expect(agreementText(copy.engine.view().agreement)).not.toMatch(/same/i)
  }
  expect(alarm.mock.calls.join(' ')).toMatch(/differ|not the same/i)
  expect(titles(ada)).toEqual(['Ada’s first', 'Ben’s first', 'Second of Ada', 'Third of Ada'])
  expect(titles(ben)).toEqual(['Ada’s first', 'Ben’s first', 'Second of Ben', 'Third of Ben'])
})
