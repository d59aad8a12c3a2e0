import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { asksFor } from '#core/events/reading.ts'
import { settings } from '#db/schema.ts'
import { runExport } from '../jobs/run-export.ts'
import { openAppService } from '../open-app-service.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'
import { accountName, initWorkspace } from '../workspace/init-workspace.ts'
import type { Workspace } from '../workspace/workspace.ts'

let temporary: ReturnType<typeof temporaryFolder>
let workspace: Workspace
beforeEach(() => {
  temporary = temporaryFolder()
  makeWorkspace(temporary.folder)
  workspace = openedWorkspace(temporary.folder)
})
afterEach(() => {
  workspace.close()
  temporary.remove()
})

const issueId = uuidv7() as never
const run = (command: Record<string, unknown>) =>
  expect(workspace.commands.execute({ issueId, ...command } as never)).toMatchObject({ ok: true })
const recorded = () => workspace.log.readAll(0 as never, 100).map(({ type }) => type as string)
const keptHere = () =>
  workspace.database.orm
    .select()
    .from(settings)
    .all()
    .find(({ name }) => name === 'local.viewed')?.value

it('looking at what was imported brings nobody into the history', () => {
  const importer = uuidv7()
  workspace.log.append({ type: 'issue', id: issueId }, [
    {
      id: uuidv7() as never,
      type: 'created',
      data: { title: 'From elsewhere', status: 'open' },
      actorId: importer,
    } as never,
  ])
  run({ type: 'mark_viewed' })
  expect(recorded()).toEqual(['created'])
  expect(keptHere()).toContain(String(issueId))
})

it('where a server tells others, opening an issue is recorded only for whom it is switched on', () => {
  run({ type: 'create', title: 'Ours' })
  workspace.become({ role: 'member' })
  run({ type: 'mark_viewed' })
  expect(recorded()).not.toContain('viewed')
  expect(keptHere()).toContain(String(issueId))
  workspace.become({ recordsViews: 'on' })
  run({ type: 'mark_viewed' })
  expect(recorded()).toContain('viewed')
})

it('an export says who read what only where that is asked for', async () => {
  run({ type: 'create', title: 'Read' })
  run({ type: 'mark_viewed' })
  expect(recorded()).toContain('viewed')
  const file = join(temporary.folder, 'out.jsonl')
  const told = async (withViews?: true) => {
    await runExport(workspace, { kind: 'export', format: 'jsonl', file, ...(withViews && { withViews }) }, {})
    return readFileSync(file, 'utf8').includes('"viewed"')
  }
  expect(await told()).toBe(false)
  expect(await told(true)).toBe(true)
})

it('a receiver that asks for no type by name hears of everything but reading', () => {
  expect(asksFor([], 'commented')).toBe(true)
  expect(asksFor([], 'viewed')).toBe(false)
  expect(asksFor(['viewed'], 'viewed')).toBe(true)
})

it('a person whose name is not known yet is asked for it, and what they say is what the history has', async () => {
  const fresh = join(temporary.folder, 'fresh')
  expect(initWorkspace({ folder: fresh })).toMatchObject({ ok: true })
  const opened = await openAppService({
    folder: fresh,
    host: 'cli',
    jobThread: new URL('../jobs/run-job.ts', import.meta.url),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  const service = opened.value
  const info = () => service.call('app.info', {})
  expect(await info()).toMatchObject({ value: { asksForName: true, me: { name: accountName() } } })
  expect(await service.call('me.set', { name: 'Ada Lovelace' })).toMatchObject({ ok: true })
  expect(await info()).toMatchObject({ value: { asksForName: false, me: { name: 'Ada Lovelace' } } })
  await service.call('commands.execute', { command: { type: 'create', issueId, title: 'First' } })
  expect(await service.call('members.list', {})).toMatchObject({ value: [{ name: 'Ada Lovelace' }] })
  // Said again later, it is a change that the others see.
  await service.call('me.set', { name: 'Countess Ada' })
  expect(await service.call('members.list', {})).toMatchObject({ value: [{ name: 'Countess Ada' }] })
  await service.close()
})
