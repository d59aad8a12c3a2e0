import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { formatInvite, type Invite, parseInvite } from '#contract/invite-text.ts'
import { type HostileProxy, hostileProxy } from '#inboxes/sync/testing/hostile-proxy.ts'
import { type RunningServer, startServer } from '#server/start-server.ts'
import type { AppService } from '../app-service.ts'
import { openAppService } from '../open-app-service.ts'
import { makeWorkspace } from '../testing/temporary-workspace.ts'

const folder = mkdtempSync(join(tmpdir(), 'docket-hostile-join-'))
let server: RunningServer
let proxy: HostileProxy
beforeAll(async () => {
  server = await startServer({ data: join(folder, 'server') })
  proxy = await hostileProxy(server.url)
}, 240_000)
afterAll(async () => {
  await proxy.close()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

async function newService(name: string): Promise<AppService> {
  const workspace = join(folder, `${name}-${uuidv7()}`)
  makeWorkspace(workspace)
  const opened = await openAppService({
    folder: workspace,
    host: 'cli',
    jobThread: new URL('../jobs/job-thread.ts', import.meta.url),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value
}

/** An owner of an encrypted workspace, who joined past the proxy, and whoever joins through it. */
let owner: AppService
let ben: AppService
beforeEach(async () => {
  ;[owner, ben] = [await newService('owner'), await newService('ben')]
  const made = await server.admin.createWorkspace('Team')
  const joined = await owner.call('sync.join', { url: server.url, invite: made.text, encrypt: true })
  expect(joined).toMatchObject({ ok: true, value: { encrypted: true } })
})
afterEach(async () => {
  await proxy.honest()
  await owner.close()
  await ben.close()
})

async function invited(change: Partial<Invite> = {}): Promise<string> {
  const made = await owner.call('team.invite', { role: 'member' })
  if (!made.ok) throw new Error(made.error.message)
  return formatInvite({ ...(parseInvite(made.value.text) as Invite), ...change })
}
const joining = (invite: string, more: { readonly encrypt?: true } = {}) =>
  ben.call('sync.join', { url: proxy.url, invite, ...more })

/** Refused with a code, with nothing asked for since `before` but `routes`, and nothing of the workspace changed. */
async function expectRefused(
  answer: unknown,
  code: string,
  asked: readonly string[],
  routes: readonly string[],
): Promise<void> {
  expect(answer).toMatchObject({ ok: false, error: { code } })
  expect((await proxy.asked()).slice(asked.length)).toEqual(routes)
  expect(await ben.call('sync.status', {})).toMatchObject({ ok: true, value: { state: 'off' } })
}

it('an invite with a key means encrypted, whatever the server answers, and joins once it is honest', async () => {
  const invite = await invited()
  const before = await proxy.asked()
  await proxy.merge('join', { encrypted: false })
  await proxy.merge('hello', { encrypted: false, key: 0 })
  await expectRefused(await joining(invite), 'encryption_denied', before, ['join'])
  await proxy.honest()
  expect(await joining(invite)).toMatchObject({ ok: true, value: { encrypted: true } })
})

it('an invite from before workspace ids were in it means encrypted, too', async () => {
  const invite = await invited({ workspaceId: undefined } as Partial<Invite>)
  const before = await proxy.asked()
  await proxy.merge('join', { encrypted: false })
  await expectRefused(await joining(invite), 'encryption_denied', before, ['join'])
  await proxy.honest()
  expect(await joining(invite)).toMatchObject({ ok: true, value: { encrypted: true } })
})

it('a server that answers with another workspace than the invite is for gets nothing', async () => {
  const invite = await invited()
  const before = await proxy.asked()
  await proxy.merge('join', { workspaceId: uuidv7() })
  await expectRefused(await joining(invite), 'wrong_workspace', before, ['join'])
})

it('a key that is none sends nothing at all: it is no invite without a key', async () => {
  for (const key of ['1:AAAA', '1', 'none', `0:${'A'.repeat(43)}=`, `2147483647:${'A'.repeat(43)}=`]) {
    const before = await proxy.asked()
    await expectRefused(await joining(await invited({ key })), 'invalid_input', before, [])
  }
})

it('without a key nobody joins an encrypted workspace, and nothing of theirs stays behind', async () => {
  const { key: _, ...keyless } = parseInvite(await invited()) as Invite
  const before = await proxy.asked()
  await expectRefused(await joining(formatInvite(keyless)), 'server_refused', before, ['join'])
  expect(await owner.call('team.get', {})).toMatchObject({
    ok: true,
    value: { members: [{}], devices: [{}], invites: [{}] },
  })
})

it('a server that lets somebody in without a key all the same is told to forget the device', async () => {
  const { text } = await server.admin.createWorkspace('Another team')
  await proxy.merge('join', { encrypted: true })
  const before = await proxy.asked()
  const answer = await joining(text)
  const [, revoked = ''] = (await proxy.asked()).slice(before.length)
  expect(revoked).toMatch(/^[0-9a-f-]{36}$/)
  await expectRefused(answer, 'key_missing', before, ['join', revoked])
})

it('whoever wants encryption does not take a server’s word that it has begun already, nor that it has not', async () => {
  const { text } = await server.admin.createWorkspace('Another team')
  await proxy.merge('join', { encrypted: true })
  expect(await joining(text, { encrypt: true })).toMatchObject({ ok: false, error: { code: 'key_missing' } })
  await proxy.honest()
  const { text: other } = await server.admin.createWorkspace('A third team')
  // It takes the key and denies it ever after: the copy holds to it.
  await proxy.merge('hello', { encrypted: false, key: 0 })
  expect(await joining(other, { encrypt: true })).toMatchObject({ ok: true, value: { encrypted: true } })
  expect(await ben.call('team.get', {})).toMatchObject({ ok: true, value: { encrypted: true } })
})
