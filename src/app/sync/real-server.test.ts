import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { WorkspaceClient } from '#inboxes/sync/server/server-client.ts'
import { serverClient } from '#inboxes/sync/server/server-client.ts'
import { type RunningServer, startServer } from '#server/start-server.ts'
import { newReplica, type Replica } from './testing/replica.ts'

let folder: string
let server: RunningServer
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docket-server-'))
  server = await startServer({ data: folder, onTrouble: (error, what) => console.error(what, error) })
})
afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

async function joined(code: string, name: string): Promise<{ replica: Replica; client: WorkspaceClient }> {
  const id = uuidv7()
  const answer = await serverClient({ url: server.url }).join({
    code,
    device: { name: `${name}'s laptop` },
    member: { id, name },
    historyId: uuidv7(),
  })
  if (!answer.ok) throw new Error(answer.error.message)
  const { token, workspaceId, historyId } = answer.value
  return {
    replica: newReplica(name, id, historyId),
    client: serverClient({ url: server.url, token }).workspace(workspaceId),
  }
}

it('two copies meet over a real server', async () => {
  const { code, workspaceId } = await server.admin.createWorkspace('Team')
  const ada = await joined(code, 'Ada')
  const ben = await joined((await server.admin.invite(workspaceId)).code, 'Ben')
  const issueId = uuidv7()
  ada.replica.execute({ type: 'create', issueId, title: 'One' })
  expect(await ada.replica.sync(ada.client)).toMatchObject({ ok: true })
  expect(await ben.replica.sync(ben.client)).toMatchObject({ ok: true })
  ben.replica.execute({ type: 'change_title', issueId, title: 'Two' })
  expect(await ben.replica.sync(ben.client)).toMatchObject({ ok: true })
  expect(await ada.replica.sync(ada.client)).toMatchObject({ ok: true })
  expect(ada.replica.digest()).toBe(ben.replica.digest())
  expect(ada.replica.workspace.log.issue(issueId)).toMatchObject({ title: 'Two', number: 1 })
  for (const { replica, client } of [ada, ben]) {
    replica.check()
    replica.close()
    await client.close()
  }
})
