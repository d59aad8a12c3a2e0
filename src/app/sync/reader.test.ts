import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type RunningServer, startServer } from '#server/start-server.ts'
import type { AppService } from '../app-service.ts'
import { openAppService } from '../open-app-service.ts'
import { makeWorkspace } from '../testing/temporary-workspace.ts'

let serverFolder: string
let folder: string
let server: RunningServer
let service: AppService
beforeAll(async () => {
  serverFolder = mkdtempSync(join(tmpdir(), 'docket-reader-server-'))
  server = await startServer({ data: serverFolder })
})
afterAll(async () => {
  await server.close()
  rmSync(serverFolder, { recursive: true, force: true })
})
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docket-reader-'))
  const { workspaceId } = await server.admin.createWorkspace('Team')
  makeWorkspace(join(folder, 'workspace'))
  service = await opened()
  await create('Mine before')
  const { text } = await server.admin.invite(workspaceId, { role: 'reader' })
  const joined = await service.call('sync.join', { url: server.url, invite: text })
  expect(joined).toMatchObject({ ok: true })
})
afterEach(async () => {
  await service.close()
  rmSync(folder, { recursive: true, force: true })
})

async function opened(): Promise<AppService> {
  const result = await openAppService({
    folder: join(folder, 'workspace'),
    host: 'cli',
    jobThread: new URL('../jobs/run-job.ts', import.meta.url),
  })
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

const create = (title: string) =>
  service.call('commands.execute', { command: { type: 'create', issueId: uuidv7() as never, title } })
async function position(): Promise<number> {
  const info = await service.call('app.info', {})
  if (!info.ok) throw new Error(info.error.message)
  return info.value.position
}

it('a reader’s commands are refused with what to do, and nothing is recorded, also after a restart', async () => {
  const before = await position()
  for (const _ of ['as joined', 'as opened again']) {
    expect(await create('Not mine to make')).toMatchObject({
      ok: false,
      error: { code: 'reader', message: expect.stringContaining('Ask an owner') },
    })
    expect(await service.call('app.info', {})).toMatchObject({
      ok: true,
      value: { readOnly: true, position: before },
    })
    await service.close()
    service = await opened()
  }
})

it('that a reader looked at an issue is not recorded, and is nothing to complain about', async () => {
  const before = await position()
  const found = await service.call('issues.get', { key: 'DOC-1' })
  if (!found.ok) throw new Error(found.error.message)
  const looked = { type: 'mark_viewed', issueId: found.value.id } as const
  expect(await service.call('commands.execute', { command: looked })).toMatchObject({
    ok: true,
    value: { key: 'DOC-1', events: 0 },
  })
  expect(await position()).toBe(before)
})

it('who is a member again, or leaves, changes things as before', async () => {
  service.sync.heard({ ...service.sync.view(), role: 'member' })
  expect(await create('As a member')).toMatchObject({ ok: true })
  service.sync.heard({ ...service.sync.view(), role: 'reader' })
  expect(await create('Not as a reader')).toMatchObject({ ok: false })
  expect(await service.call('sync.leave', {})).toMatchObject({ ok: true })
  expect(await create('Alone')).toMatchObject({ ok: true })
})
