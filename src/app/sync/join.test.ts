import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Door, doorTo } from '#inboxes/sync/testing/door.ts'
import { type RunningServer, startServer } from '#server/start-server.ts'
import type { AppService } from '../app-service.ts'
import { openAppService } from '../open-app-service.ts'
import { makeWorkspace } from '../testing/temporary-workspace.ts'

let folder: string
let server: RunningServer
let door: Door
let service: AppService
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docket-join-'))
  server = await startServer({ data: join(folder, 'server') })
  door = await doorTo(() => server.url)
  makeWorkspace(join(folder, 'workspace'))
  const opened = await openAppService({
    folder: join(folder, 'workspace'),
    host: 'cli',
    jobThread: new URL('../jobs/job-thread.ts', import.meta.url),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  service = opened.value
})
afterEach(async () => {
  await service.close()
  door.close()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

it('a join that is cut off anywhere takes no invite for nothing: the same invite finishes it', async () => {
  const { text } = await server.admin.createWorkspace('Team')
  const joined = () => service.call('sync.join', { url: door.url, invite: text, encrypt: true })
  // The server took the invite, and its answer is half of one.
  door.change('join', () => ({}))
  expect(await joined()).toMatchObject({ ok: false, error: { code: 'server_away' } })
  door.honest()
  // In, and the first key can't be handed over.
  door.answer('keys', (response) => response.writeHead(503).end())
  expect(await joined()).toMatchObject({ ok: false, error: { code: 'server_away' } })
  door.honest()
  expect(await joined()).toMatchObject({ ok: true, value: { encrypted: true } })
  expect(await service.call('team.get', {})).toMatchObject({
    ok: true,
    value: {
      members: [{ role: 'owner' }],
      devices: [{}],
      encrypted: true,
      key: { newest: 1, have: true },
    },
  })
})
