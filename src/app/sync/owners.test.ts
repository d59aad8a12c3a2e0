import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { serverClient } from '#inboxes/sync/server/server-client.ts'
import { type RunningServer, startServer } from '#server/start-server.ts'
import type { AppService } from '../app-service.ts'
import { openAppService } from '../open-app-service.ts'
import { makeWorkspace } from '../testing/temporary-workspace.ts'

let folder: string
let server: RunningServer
let service: AppService
let workspaceId: string

async function opened(): Promise<AppService> {
  const result = await openAppService({
    folder: join(folder, 'workspace'),
    host: 'cli',
    jobThread: new URL('../jobs/run-job.ts', import.meta.url),
  })
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

/** Takes an invite as somebody else. @returns the member's id. */
async function joins(role: 'owner' | 'member'): Promise<string> {
  const { code } = await server.admin.invite(workspaceId, { role })
  const id = uuidv7()
  const client = serverClient({ url: server.url })
  const answer = await client.join({
    code,
    device: { name: 'laptop' },
    member: { id, name: 'Ben' },
    historyId: uuidv7(),
  })
  await client.close()
  if (!answer.ok) throw new Error(answer.error.message)
  return id
}

async function noted(): Promise<readonly (readonly string[])[]> {
  const page = await service.call('feed.page', { scope: { kind: 'workspace' }, limit: 50 })
  if (!page.ok) throw new Error(page.error.message)
  return page.value.items.flatMap(({ type, data }) =>
    type === 'owners_noted' ? [(data as { owners: string[] }).owners] : [],
  )
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docket-owners-'))
  server = await startServer({ data: join(folder, 'server') })
  const made = await server.admin.createWorkspace('Team')
  workspaceId = made.workspaceId
  makeWorkspace(join(folder, 'workspace'))
  service = await opened()
  expect(await service.call('sync.join', { url: server.url, invite: made.text })).toMatchObject({ ok: true })
})
afterEach(async () => {
  await service.close()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

it('an owner whom the log knows has it say who the others are, once, whenever the server’s list says otherwise', async () => {
  const team = await service.call('team.get', {})
  if (!team.ok) throw new Error(team.error.message)
  const founder = team.value.me.memberId
  expect(await noted()).toEqual([])
  await joins('member')
  expect(await service.call('team.get', {})).toMatchObject({ ok: true })
  expect(await noted()).toEqual([])
  const ben = await joins('owner')
  const both = [founder, ben].sort()
  // After a start the first round that goes well has it looked at, too.
  await service.close()
  service = await opened()
  service.sync.heard({ ...service.sync.view(), state: 'up_to_date', role: 'owner' })
  await vi.waitFor(async () => expect(await noted()).toEqual([both]))
  expect(await service.call('team.get', {})).toMatchObject({ ok: true })
  expect(await noted()).toEqual([both])
  expect(await service.call('team.changeRole', { memberId: ben as never, role: 'member' })).toMatchObject({
    ok: true,
  })
  expect(await noted()).toEqual([[founder], both])
})
