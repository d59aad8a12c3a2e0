import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { expect, it } from 'vitest'
import { parseInvite } from '#contract/invite-text.ts'
import { serverClient } from '#inboxes/sync/server/server-client.ts'
import { startServer } from '#server/start-server.ts'
import { assignMissingNumbers } from './assign-missing-numbers.ts'
import { joinHistory } from './join-history.ts'
import { newReplica } from './testing/replica.ts'

it('who leaves goes on with numbers of its own, and who comes back brings all of it along', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'docket-leave-'))
  const server = await startServer({ data: folder })
  const { workspaceId, text } = await server.admin.createWorkspace('Team')
  const ada = uuidv7()
  const replica = newReplica('Ada', ada, uuidv7())
  const joined = async (code: string) => {
    const answer = await serverClient({ url: server.url }).join({
      code,
      device: { name: 'laptop' },
      member: { id: ada, name: 'Ada' },
      historyId: uuidv7(),
    })
    if (!answer.ok) throw new Error(answer.error.message)
    joinHistory(replica.workspace, { historyId: answer.value.historyId, memberId: ada, memberName: 'Ada' })
    return serverClient({ url: server.url, token: answer.value.token }).workspace(workspaceId)
  }
  const numbers = () =>
    replica.workspace.database.client.prepare('SELECT number FROM issues ORDER BY created_at').pluck().all()
  try {
    const first = await joined(parseInvite(text)?.code ?? '')
    replica.execute({ type: 'create', issueId: uuidv7(), title: 'Together' })
    expect(await replica.sync(first)).toMatchObject({ ok: true })
    replica.execute({ type: 'create', issueId: uuidv7(), title: 'Not pushed yet' })
    expect(numbers()).toEqual([1, null])
    // What leaving does, once the token is gone.
    replica.workspace.log.followHistory(null)
    assignMissingNumbers(replica.workspace)
    replica.execute({ type: 'create', issueId: uuidv7(), title: 'Alone' })
    expect(numbers()).toEqual([1, 2, 3])
    expect(replica.workspace.findIssue('DOC-2')).toBeDefined()

    const back = await joined((await server.admin.invite(workspaceId, { memberId: ada })).code)
    expect(await replica.sync(back)).toMatchObject({ ok: true })
    replica.execute({ type: 'create', issueId: uuidv7(), title: 'Together again' })
    expect(await replica.sync(back)).toMatchObject({ ok: true })
    expect(numbers()).toEqual([1, 2, 3, 4])
    replica.check()
    for (const client of [first, back]) await client.close()
  } finally {
    replica.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}, 180_000)
