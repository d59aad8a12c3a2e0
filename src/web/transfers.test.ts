import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { AppService } from '#app/app-service.ts'
import { hostFiles } from '#app/files/host-files.ts'
import { openAppService } from '#app/open-app-service.ts'
import { initWorkspace } from '#app/workspace/init-workspace.ts'
import type { ChosenFile, JobView } from '#contract/answers/answers.ts'
import { callNames } from '#contract/calls.ts'
import type { Result } from '#core/values/refusal.ts'
import { verifyLog } from '#db/log/verify.ts'
import { openReadDatabase } from '#db/sqlite/open-database.ts'
import type { Answer } from './serving.fixture.ts'
import { loadStaticFiles } from './static-files.ts'
import { startWebServer, type WebServer } from './web-server.ts'

// What a page that went over to somebody else can do with a cookie that is good, against the real service.

let root: string
let service: AppService
let server: WebServer
let cookie: string
const transfers = () => join(root, 'transfers')

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'docket-transfers-'))
  mkdirSync(join(root, 'renderer'))
  writeFileSync(join(root, 'renderer', 'index.html'), '<!doctype html>')
  const folder = join(root, 'Acme')
  initWorkspace({ folder })
  const opened = await openAppService({
    folder,
    host: 'web',
    jobThread: new URL('../app/jobs/job-thread.ts', import.meta.url),
    transfers: transfers(),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  service = opened.value
  server = await startWebServer({
    service,
    transfers: service.files,
    files: await loadStaticFiles(join(root, 'renderer')),
    port: 0,
  })
  const { headers } = await ask(new URL(server.url).pathname + new URL(server.url).search)
  cookie = String(headers['set-cookie']).split(';')[0] ?? ''
})
afterEach(async () => {
  await server.close()
  await service.close()
  rmSync(root, { recursive: true, force: true })
})

type Asked = {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
}
function ask(path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port: server.port, path, method, headers },
      async (response) => {
        const chunks: Buffer[] = []
        for await (const chunk of response) chunks.push(chunk as Buffer)
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
      },
    )
    asked.on('error', reject).end(body)
  })
}
const origin = () => `http://127.0.0.1:${server.port}`
const ours = () => ({ Cookie: cookie, Origin: origin(), 'Content-Type': 'application/octet-stream' })
async function upload(name: string, body: string | Buffer, headers: Record<string, string> = ours()) {
  const answer = await ask(`/upload?${new URLSearchParams({ name })}`, { method: 'POST', headers, body })
  return { status: answer.status, result: () => JSON.parse(answer.body.toString()) as Result<ChosenFile> }
}
function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}
async function ended(job: JobView): Promise<JobView> {
  const find = async () => value(await service.call('jobs.list', {})).find(({ id }) => id === job.id)
  await expect.poll(async () => (await find())?.state, { timeout: 30_000 }).not.toBe('running')
  return (await find()) as JobView
}
/** All files below the folder for transfers. */
const kept = (): string[] =>
  existsSync(transfers())
    ? readdirSync(transfers(), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : []
const line = `${JSON.stringify({ id: 'mn-1', title: 'Brought along', status: 'open', priority: 2, created_at: '2025-01-01T00:00:00Z', updated_at: '2025-01-01T00:00:00Z' })}\n`

describe('a page with a good cookie', () => {
  it('writes and reads no file by a path, whatever it puts where a path or a token could be', async () => {
    const target = join(root, 'written.txt')
    const secret = join(root, 'secret.jsonl')
    writeFileSync(secret, line)
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/socket`, {
      headers: { Cookie: cookie, Origin: origin() },
    })
    await new Promise((resolve) => socket.once('open', resolve))
    let id = 0
    const answers = new Map<number, (result: Result<unknown>) => void>()
    socket.on('message', (data) => {
      const frame = JSON.parse(data.toString()) as { id?: number; result: Result<unknown> }
      if (frame.id !== undefined) answers.get(frame.id)?.(frame.result)
    })
    const call = (name: string, input: unknown) =>
      new Promise<Result<unknown>>((resolve) => {
        id += 1
        answers.set(id, resolve)
        socket.send(JSON.stringify({ id, name, input }))
      })
    const refused = { ok: false }
    for (const path of [target, secret, '../secret.jsonl', `file://${target}`]) {
      for (const named of [{ file: path }, { path }, { token: path }, { token: path, file: path }]) {
        expect(await call('jobs.start', { kind: 'export', format: 'jsonl', ...named })).toMatchObject(refused)
        expect(await call('jobs.start', { kind: 'import', format: 'beads', ...named })).toMatchObject(refused)
      }
      expect(await call('files.pick', { purpose: 'export', path })).toMatchObject(refused)
      expect(await call('files.download', { job: path.slice(0, 90) })).toMatchObject(refused)
      // Every other call, with every name that a path could hide under.
      for (const name of callNames)
        await call(name, { path, file: path, folder: path, out: path, token: path })
    }
    socket.close()
    expect(existsSync(target)).toBe(false)
    expect(readFileSync(secret, 'utf8')).toBe(line)
    expect(value(await service.call('issues.count', { query: '' })).total).toBe(0)
    for (const path of [
      '/download/..%2f..%2fsecret.jsonl',
      '/download/../../secret.jsonl',
      `/download/${secret}`,
    ])
      expect((await ask(path, { headers: { Cookie: cookie } })).body.toString()).not.toContain('Brought')
  })

  it('has no file of the person’s run', async () => {
    mkdirSync(join(root, 'Acme', 'inboxes'))
    writeFileSync(join(root, 'Acme', 'inboxes', 'mine.mjs'), 'export const inbox = { handle() {} }')
    const own = value(await service.call('inboxes.list', {})).find(({ name }) => name === 'own-mine')?.own
    expect(
      await service.callUnchecked('inboxes.trust', { name: 'own-mine', hash: own?.hash, trusted: true }),
    ).toMatchObject({ ok: false, error: { code: 'not_confirmed' } })
  })
})

describe('an upload', () => {
  it('becomes a private file, is imported once by its token, and is gone afterwards', async () => {
    const { status, result } = await upload('a/../my issues.jsonl', line)
    expect(status).toBe(200)
    const { token, name } = value(result())
    expect(name).toBe('a_.._my issues.jsonl')
    const [file = ''] = kept()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700)
    const start = () => service.call('jobs.start', { kind: 'import', format: 'beads', token })
    const job = await ended(value(await start()))
    expect(job).toMatchObject({ state: 'done', title: `Import ${name}`, result: { issues: 1 } })
    expect(await start()).toMatchObject({ ok: false, error: { code: 'unknown_file' } })
    expect(kept()).toEqual([])
    expect(JSON.stringify(job)).not.toContain(root)
  })

  it('can not be written over by an export, and is kept for another try where a job is in the way', async () => {
    const { token } = value((await upload('issues.jsonl', line)).result())
    expect(await service.call('jobs.start', { kind: 'export', format: 'csv', token })).toMatchObject({
      ok: false,
      error: { code: 'unknown_file' },
    })
    const rebuild = value(await service.call('jobs.start', { kind: 'rebuild' }))
    const meanwhile = await service.call('jobs.start', { kind: 'import', format: 'beads', token })
    if (!meanwhile.ok) {
      expect(meanwhile.error.code).toBe('busy')
      await ended(rebuild)
      value(await service.call('jobs.start', { kind: 'import', format: 'beads', token }))
    }
  })

  it.each([
    ['without a cookie', { Cookie: '' }, 401],
    ['with the address’s token alone', { Cookie: '', 'X-Token': 'yes' }, 401],
    ['from another page', { Origin: 'http://evil.example' }, 403],
    ['without an origin', { Origin: '' }, 403],
    ['from another host', { Host: 'evil.example' }, 403],
    ['as a form would send it', { 'Content-Type': 'text/plain' }, 415],
  ])('%s is refused, and nothing is kept', async (_, wrong, status) => {
    const headers = Object.fromEntries(
      Object.entries({ ...ours(), ...wrong } as Record<string, string>).filter(([, text]) => text !== ''),
    )
    expect((await upload('issues.jsonl', line, headers)).status).toBe(status)
    expect(kept()).toEqual([])
  })

  it('of more than fits, all that waits included, is refused and nothing of it kept', async () => {
    await server.close()
    const small = hostFiles({ transfers: transfers(), mostBytes: 1_000 })
    server = await startWebServer({
      service,
      transfers: small,
      files: await loadStaticFiles(join(root, 'renderer')),
      port: server.port,
    })
    const { headers } = await ask(new URL(server.url).pathname + new URL(server.url).search)
    cookie = String(headers['set-cookie']).split(';')[0] ?? ''
    expect((await upload('one', Buffer.alloc(600))).status).toBe(200)
    const second = await upload('two', Buffer.alloc(600))
    expect(second.status).toBe(413)
    expect(second.result()).toMatchObject({ ok: false, error: { code: 'body_too_large' } })
    expect(kept().length).toBe(1)
    small.close()
  })

  it('that is cut off leaves nothing behind', async () => {
    const asked = request({
      host: '127.0.0.1',
      port: server.port,
      path: '/upload?name=half',
      method: 'POST',
      headers: { ...ours(), 'Content-Length': '1000000' },
    })
    asked.on('error', () => {})
    asked.write('the first half')
    await expect.poll(kept).toHaveLength(1)
    asked.destroy()
    await expect.poll(kept).toEqual([])
  })
})

describe('a download', () => {
  async function exported(): Promise<{ job: JobView; file: ChosenFile }> {
    const issueId = '0199e0a0-0000-7000-8000-000000000001' as never
    await service.call('commands.execute', { command: { type: 'create', issueId, title: 'To take along' } })
    const job = await ended(value(await service.call('jobs.start', { kind: 'export', format: 'jsonl' })))
    return { job, file: value(await service.call('files.download', { job: job.id })) }
  }
  const fetched = (token: string, headers: Record<string, string> = { Cookie: cookie }) =>
    ask(`/download/${token}`, { headers })

  it('gives what was exported as a file to be saved, once a token', async () => {
    const { job, file } = await exported()
    expect(job).toMatchObject({ state: 'done', downloads: true, result: { file: 'Acme.jsonl' } })
    expect(JSON.stringify(job)).not.toContain(root)
    const answer = await fetched(file.token)
    expect(answer.status).toBe(200)
    expect(answer.body.toString()).toContain('To take along')
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="Acme.jsonl"; filename*=UTF-8''Acme.jsonl`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    expect((await fetched(file.token)).status).toBe(404)
    const { token } = value(await service.call('files.download', { job: job.id }))
    expect(token).not.toBe(file.token)
    expect((await fetched(token)).status).toBe(200)
  })

  it.each([
    ['without a cookie', { Cookie: '' }],
    ['from a page elsewhere', { 'Sec-Fetch-Site': 'cross-site' }],
    ['typed as an address', { 'Sec-Fetch-Site': 'none' }],
    ['from another host', { Host: 'evil.example' }],
  ])('%s is refused, and its token is not used up', async (_, wrong) => {
    const { file } = await exported()
    const headers = Object.fromEntries(
      Object.entries({ Cookie: cookie, ...wrong } as Record<string, string>).filter(
        ([, text]) => text !== '',
      ),
    )
    expect([401, 403]).toContain((await fetched(file.token, headers)).status)
    expect((await fetched(file.token)).status).toBe(200)
  })

  it('gives a backup in the same way, verified, which is noted nowhere, for it is the browser’s', async () => {
    const issueId = '0199e0a0-0000-7000-8000-000000000001' as never
    await service.call('commands.execute', { command: { type: 'create', issueId, title: 'To keep' } })
    const job = await ended(value(await service.call('jobs.start', { kind: 'backup' })))
    expect(job).toMatchObject({
      state: 'done',
      downloads: true,
      result: { file: 'Acme.db', noted: false },
    })
    expect(JSON.stringify(job)).not.toContain(root)
    const { token } = value(await service.call('files.download', { job: job.id }))
    const { body } = await fetched(token)
    const file = join(root, 'fetched.db')
    writeFileSync(file, body)
    const copy = openReadDatabase(file)
    if (!copy.ok) throw new Error(copy.error.message)
    expect(verifyLog(copy.value)).toMatchObject({ events: job.result?.events, problems: [] })
    copy.value.client.close()
  })

  it('gives all that an import could not take, whose place no page hears of', async () => {
    const lines = ['{"docket":1,"kind":"events"}', ...Array.from({ length: 15 }, (_, n) => `{"wrong":${n}}`)]
    const { token } = value((await upload('issues.jsonl', `${lines.join('\n')}\n`)).result())
    const started = await service.call('jobs.start', { kind: 'import', format: 'docket', token })
    const job = await ended(value(started))
    expect(job).toMatchObject({ kind: 'import', downloads: true })
    expect(JSON.stringify(job)).not.toContain(root)
    const answer = await fetched(value(await service.call('files.download', { job: job.id })).token)
    expect(answer.body.toString().split('\n').filter(Boolean)).toHaveLength(15)
    // A host with a dialog has it written where the person says.
    const place = service.files.offer('export', join(root, 'problems.txt'))
    expect(await service.call('files.save', { job: job.id, token: place.token })).toMatchObject({ ok: true })
    expect(readFileSync(join(root, 'problems.txt'))).toEqual(answer.body)
    expect(await service.call('files.save', { job: job.id, token: place.token })).toMatchObject({ ok: false })
  })

  it('is kept of the three newest exports, and of none once the host ends', async () => {
    const jobs: JobView[] = []
    for (let n = 0; n < 4; n++) jobs.push((await exported()).job)
    const [oldest, ...others] = await Promise.all(
      jobs.map(({ id }) => service.call('files.download', { job: id })),
    )
    expect(oldest).toMatchObject({ ok: false, error: { code: 'unknown_file' } })
    expect(others.map(({ ok }) => ok)).toEqual([true, true, true])
    expect(kept()).toHaveLength(3)
    await service.close()
    expect(kept()).toEqual([])
  })
})
