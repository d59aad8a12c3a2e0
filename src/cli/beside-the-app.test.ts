import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AppService } from '#app/app-service.ts'
import { newId } from '#app/commands/new-id.ts'
import { openAppService } from '#app/open-app-service.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '#app/testing/temporary-workspace.ts'
import type { HostMessage } from '#contract/answers/answers.ts'
import type { EventId, IssueId, Position } from '#core/values/ids.ts'
import { verifyLog } from '#db/log/verify.ts'
import { docket } from './testing/run-docket.ts'

// Many processes, one after another: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 240_000 })

let folder: string
let remove: () => void
let app: AppService
beforeEach(async () => {
  ;({ folder, remove } = temporaryFolder())
  makeWorkspace(folder)
  const opened = await openAppService({
    folder,
    host: 'web',
    jobThread: new URL('../app/jobs/job-thread.ts', import.meta.url),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  app = opened.value
})
afterEach(async () => {
  await app.close()
  remove()
})

/** The first message that passes. */
function message(passes: (message: HostMessage) => boolean): Promise<HostMessage> {
  return new Promise((resolve) => {
    const stop = app.onMessage((said) => {
      if (!passes(said)) return
      stop()
      resolve(said)
    })
  })
}

async function create(title: string): Promise<IssueId> {
  const issueId = newId() as IssueId
  const done = await app.call('commands.execute', { command: { type: 'create', issueId, title } })
  if (!done.ok) throw new Error(done.error.message)
  return issueId
}

it('the open app tells of what a command in another process did, by name, and shows it', async () => {
  const issueId = await create('Here first')
  await app.call('issues.get', { key: 'DOC-1' })
  const told = message((said) => said.kind === 'changed' && (said.issues?.includes(issueId) ?? false))
  const { code } = await docket([
    'edit',
    'DOC-1',
    '--title',
    'Changed from a terminal',
    '--label',
    'cli',
    '--workspace',
    folder,
  ])
  expect(code).toBe(0)
  expect(await told).toMatchObject({ kind: 'changed', directory: true })
  const shown = await app.call('issues.get', { key: 'DOC-1' })
  expect(shown.ok && shown.value.title).toBe('Changed from a terminal')
  const labels = await app.call('labels.list', {})
  expect(labels.ok && labels.value).toMatchObject([{ name: 'cli', open: 1 }])
  const found = await app.call('search.issues', { text: 'terminal' })
  expect(found.ok && found.value.hits).toHaveLength(1)
})

/** Fifty commands in a process of its own. @returns the ids of the events that it was told are recorded. */
function fiftyCommands(): Promise<string[]> {
  const entry = fileURLToPath(new URL('../app/testing/append-child.ts', import.meta.url))
  const child = spawn(process.execPath, [entry, folder, '50'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  return new Promise((resolve, reject) => {
    child.on('close', (code) =>
      code === 0 ? resolve(said.split('\n').filter(Boolean)) : reject(new Error(`ended with ${code}`)),
    )
  })
}

it('an app, four processes that write fifty times each, and a command lose nothing and number every issue once', async () => {
  const others = Promise.all(Array.from({ length: 4 }, fiftyCommands))
  const command = docket(['new', 'From a terminal', '--workspace', folder])
  for (let n = 0; n < 100; n++) await create(`From here: ${n}`)
  const acknowledged = (await others).flat()
  expect(await command).toMatchObject({ code: 0, stderr: '' })
  const count = await app.call('issues.count', { query: '' })
  // Of fifty commands five write an issue, and the others comment on it.
  expect(count.ok && count.value.total).toBe(100 + 1 + 4 * 5)
  const workspace = openedWorkspace(folder)
  const numbers = workspace.database.client.prepare('SELECT number FROM issues ORDER BY number').pluck().all()
  expect(numbers).toEqual(Array.from({ length: 121 }, (_, n) => n + 1))
  const ids = new Set(workspace.log.readAll(0 as Position, 1_000).map((event) => event.id))
  expect(acknowledged.length).toBeGreaterThanOrEqual(200)
  expect(acknowledged.filter((id) => !ids.has(id as EventId))).toEqual([])
  expect(verifyLog(workspace.database).problems).toEqual([])
  workspace.close()
})

it('a job that ends tells so, and what it brought is found', async () => {
  await create('Exported')
  const file = `${folder}/out.jsonl`
  const ended = message((said) => said.kind === 'job' && said.job.state === 'done')
  await app.call('jobs.start', {
    kind: 'export',
    format: 'jsonl',
    token: app.files.offer('export', file).token,
  })
  expect(await ended).toMatchObject({ job: { kind: 'export', result: { events: 3 } } })
  const again = message((said) => said.kind === 'job' && said.job.state !== 'running')
  await app.call('jobs.start', {
    kind: 'import',
    format: 'docket',
    token: app.files.offer('import', file).token,
  })
  expect(await again).toMatchObject({ job: { state: 'done', result: { events: 0, skipped: 3 } } })
})
