import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { HostMessage } from '#contract/answers/answers.ts'
import type { ToWorker } from '#inboxes/worker/worker-messages.ts'
import { openAppService } from './open-app-service.ts'
import { withInboxWorker } from './with-inbox-worker.ts'
import { startChildWorker } from './worker/child-worker.ts'
import { initWorkspace, logFile } from './workspace/init-workspace.ts'

/** The app on a new workspace, without a worker yet. */
async function openedApp() {
  const folder = mkdtempSync(join(tmpdir(), 'docket-inbox-'))
  expect(initWorkspace({ folder }).ok).toBe(true)
  const opened = await openAppService({
    folder,
    host: 'web',
    jobThread: new URL('./jobs/job-thread.ts', import.meta.url),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  return { folder, app: opened.value }
}

test('a worker that is killed is survived: it starts again, is woken for what came meanwhile, and calls go on', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {})
  const { folder, app } = await openedApp()
  const kills: (() => void)[] = []
  const sent: ToWorker[] = []
  const start = () => {
    const worker = startChildWorker(
      new URL('../../inboxes/worker/worker.ts', import.meta.url),
      logFile(folder),
    )
    kills.push(worker.kill)
    return {
      ...worker,
      send(message: ToWorker) {
        sent.push(message)
        worker.send(message)
      },
    }
  }
  const service = withInboxWorker(app, { start, notify: () => true })
  const heard: HostMessage[] = []
  const next = (state: string) =>
    new Promise<void>((resolve) => {
      service.onMessage((message) => {
        heard.push(message)
        if (message.kind === 'worker' && message.state === state) resolve()
      })
    })

  await next('running')
  const again = next('running')
  kills[0]?.()
  const issueId = '0199e0a0-0000-7000-8000-000000000003'
  const made = await service.call('commands.execute', {
    command: { type: 'create', issueId, title: 'Meanwhile' } as never,
  })
  expect(made.ok).toBe(true)
  await again
  expect(kills).toHaveLength(2)
  expect(told).toHaveBeenCalledWith(expect.stringContaining('was killed'))
  await service.call('commands.execute', {
    command: {
      type: 'comment',
      issueId,
      commentId: '0199e0a0-0000-7000-8000-000000000004',
      body: 'Now',
    } as never,
  })
  expect(sent.at(-1)).toEqual({ kind: 'wake', position: expect.any(Number) })
  await service.close()
  expect(service.worker.state.state).toBe('stopped')
  rmSync(folder, { recursive: true, force: true })
})

test('what is set and asked while the worker still starts is told to it once it is up, in that order', async () => {
  const { folder, app } = await openedApp()
  const start = () =>
    startChildWorker(new URL('../../inboxes/worker/worker.ts', import.meta.url), logFile(folder))
  const service = withInboxWorker(app, { start, notify: () => true })
  expect(service.worker.state.state).toBe('starting')
  const set = await service.call('inboxes.configure', {
    name: 'webhooks',
    enabled: true,
    settings: { endpoints: [{ id: 'ci', name: 'Build', url: 'http://127.0.0.1:1/' }] },
    secrets: { 'secret:ci': `whsec_${Buffer.alloc(32, 7).toString('base64')}` },
  } as never)
  expect(set.ok).toBe(true)
  const tested = await service.call('inboxes.test', { name: 'webhooks', target: 'ci' } as never)
  expect(tested).toMatchObject({
    ok: true,
    value: { ok: false, detail: expect.stringMatching(/refused|127\.0\.0\.1/) },
  })
  await service.close()
  rmSync(folder, { recursive: true, force: true })
})
