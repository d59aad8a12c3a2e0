import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openAppService } from '#app/open-app-service.ts'
import { makeWorkspace } from '#app/testing/temporary-workspace.ts'
import { parseInvite } from '#contract/invite-text.ts'
import { sealing } from '#inboxes/sync/encryption/encryption.ts'
import { serverClient } from '#inboxes/sync/server/server-client.ts'
import { doorTo } from '#inboxes/sync/testing/door.ts'
import { type RunningServer, startServer } from '#server/start-server.ts'
import { docket } from '../testing/run-docket.ts'

let folder: string
let workspace: string
let server: RunningServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docket-team-'))
  workspace = join(folder, 'workspace')
  server = await startServer({ data: join(folder, 'server') })
  makeWorkspace(workspace)
  const opened = await openAppService({
    folder: workspace,
    host: 'cli',
    jobThread: new URL('../../app/jobs/job-thread.ts', import.meta.url),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  const { text } = await server.admin.createWorkspace('Team')
  expect(
    await opened.value.call('sync.join', { url: server.url, invite: text, encrypt: true, device: 'laptop' }),
  ).toMatchObject({ ok: true })
  await opened.value.close()
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const team = (...args: readonly string[]) => docket(['team', ...args, '--workspace', workspace])
async function json(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await team(...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

it('an owner invites, changes roles and takes out from the command line, and the key follows', async () => {
  const made = await json('invite', '--role', 'reader', '--hours', '5')
  expect(Object.keys(made).sort()).toEqual(['code', 'expiresAt', 'id', 'text'])
  const invite = parseInvite(String(made.text))
  // The key goes with it: the workspace is encrypted.
  expect(invite?.key).toMatch(/^1:/)
  const box = await sealing()
  const { publicKey } = box.newDeviceKeyPair()
  const proof = box.deviceProof(invite?.key?.slice(2) ?? '', publicKey)
  const joined = await serverClient({ url: server.url }).join({
    code: invite?.code ?? '',
    device: { name: 'phone', publicKey, proof },
    member: { id: uuidv7(), name: 'Ben Okri' },
    historyId: uuidv7(),
  })
  if (!joined.ok) throw new Error(joined.error.message)
  const open = await json('invite')
  expect((await json('role', 'ben okri', 'member')).members).toMatchObject([
    { role: 'owner' },
    { name: 'Ben Okri', role: 'member' },
  ])

  const listed = await team('members')
  expect(listed.stdout).toMatch(/Ada Lovelace \(you\) +owner/)
  expect(listed.stdout).toMatch(/Ben Okri +member/)
  expect(listed.stdout).toMatch(/phone/)
  expect(listed.stdout).toContain(`Open invite ${open.id}: member`)
  expect(listed.stdout).toContain('Encrypted end to end')

  expect(await json('revoke', String(open.id))).toMatchObject({ invites: [] })
  expect(await json('remove', joined.value.member.id)).toMatchObject({
    devices: [{ name: 'laptop' }],
    key: { newest: 2, have: true },
  })
})

it('whom or what there is not, is named, and nothing is done', async () => {
  for (const [args, said] of [
    [['remove', 'Nobody'], 'There is no member "Nobody"'],
    [['role', 'Ada Lovelace', 'king'], '"king" is no role'],
    [['revoke', 'made-up'], 'There is no device or open invite "made-up"'],
  ] as const) {
    const { code, stderr } = await team(...args)
    expect(code).toBe(2)
    expect(stderr).toContain(said)
  }
})

it('a join whose first round is refused says why, and exits with 1', async () => {
  const door = await doorTo(() => server.url)
  door.answer('hello', (response) =>
    response.writeHead(403).end('{"error":{"code":"forbidden","message":"Not today."}}'),
  )
  const { code: invited } = await server.admin.createWorkspace('Another team')
  const alone = join(folder, 'alone')
  makeWorkspace(alone)
  const { code, stdout } = await docket([
    ...['sync', 'join', door.url, '--invite', invited],
    ...['--workspace', alone],
  ])
  expect([code, stdout]).toEqual([1, expect.stringContaining('Not today.')])
  door.close()
})
