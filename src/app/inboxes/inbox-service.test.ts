import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { InboxView } from '#contract/answers/inbox-answers.ts'
import type { Result } from '#core/values/refusal.ts'
import { shippedInboxes } from '#inboxes/registry.ts'
import { standardInboxes } from '#inboxes/standard-inboxes.ts'
import { noticeStore } from '#inboxes/store/notice-store.ts'
import { inboxDatabaseFile, openInboxDatabase } from '#inboxes/store/open-store.ts'
import { newId } from '../commands/new-id.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { type InboxService, inboxService } from './inbox-service.ts'
import { keyFileSealer } from './secret-cipher.ts'

let folder: string
let remove: () => void
let workspace: Workspace
let desk: InboxService
const endpoint = { id: 'ci', name: 'CI', url: 'http://127.0.0.1:1/hook', enabled: true }
const secretOf = (n: number) => `whsec_${Buffer.alloc(32, n).toString('base64')}`

beforeEach(() => {
  ;({ folder, remove } = temporaryFolder())
  makeWorkspace(folder)
  workspace = openedWorkspace(folder)
  desk = inboxService(workspace, shippedInboxes, keyFileSealer(`${folder}/key`))
})
afterEach(() => {
  desk.close()
  workspace.close()
  remove()
})

function view(result: Result<InboxView>): InboxView {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}
const create = () => workspace.commands.execute({ type: 'create', issueId: newId() as never, title: 'One' })

describe('the desk of the inboxes', () => {
  it('an inbox that is switched on begins now, and says so by its lag', () => {
    create()
    const off = desk.list().find(({ name }) => name === 'webhooks')
    expect(off).toMatchObject({ state: 'off', lag: { events: 0 } })
    const on = view(desk.configure({ name: 'webhooks', enabled: true, settings: { endpoints: [endpoint] } }))
    expect(on).toMatchObject({ state: 'running', position: workspace.log.position(), lag: { events: 0 } })
    create()
    expect(desk.list().find(({ name }) => name === 'webhooks')?.lag.events).toBeGreaterThan(0)
  })

  it('what everybody has begins with the first event of a new workspace, whenever a worker is first started', () => {
    create()
    expect(shippedInboxes.filter(({ onByDefault }) => onByDefault).map(({ name }) => name)).toEqual([
      ...standardInboxes,
    ])
    expect(desk.list().filter(({ state }) => state === 'running')).toEqual(
      standardInboxes.map((name) => expect.objectContaining({ name, position: 0 })),
    )
  })

  it('looks again from an instant, and no further back than asked', () => {
    create()
    view(desk.configure({ name: 'webhooks', enabled: true }))
    expect(view(desk.backfill('webhooks', 0)).position).toBe(0)
    create()
    expect(view(desk.backfill('webhooks', Date.now() + 60_000)).position).toBe(0)
  })

  it('a secret is kept sealed and never handed out; a new one leaves the old signing for a day', () => {
    const [first, second] = [secretOf(1), secretOf(2)]
    const settings = { endpoints: [endpoint] }
    const one = view(desk.configure({ name: 'webhooks', settings, secrets: { 'secret:ci': first } }))
    expect(one.secrets).toEqual(['secret:ci'])
    const two = view(desk.configure({ name: 'webhooks', secrets: { 'secret:ci': second } }))
    expect(two.secrets.toSorted()).toEqual(['previous:ci', 'secret:ci'])
    expect(desk.configuration().secrets).toEqual({
      'webhooks/secret:ci': second,
      'webhooks/previous:ci': first,
    })
    expect(JSON.stringify(desk.list())).not.toContain(first.slice(6))
    const kept = workspace.database.client.serialize().toString('latin1')
    expect(kept).not.toContain(first.slice(6))
    const gone = view(desk.configure({ name: 'webhooks', secrets: { 'secret:ci': null } }))
    expect(gone.secrets).toEqual(['previous:ci'])
  })

  it('a secret that another host sealed is told from one that is set, and the worker hears of it', () => {
    const elsewhere = inboxService(workspace, shippedInboxes, {
      ...keyFileSealer(`${folder}/key`),
      name: 'keychain',
    })
    const settings = { endpoints: [endpoint] }
    view(elsewhere.configure({ name: 'webhooks', settings, secrets: { 'secret:ci': secretOf(1) } }))
    elsewhere.close()
    const here = () => desk.list().find(({ name }) => name === 'webhooks')
    expect(here()).toMatchObject({ secrets: [], unreadableSecrets: ['secret:ci'] })
    expect(desk.configuration()).toMatchObject({ secrets: {}, unreadable: ['webhooks/secret:ci'] })
    view(desk.configure({ name: 'webhooks', secrets: { 'secret:ci': secretOf(2) } }))
    expect(here()).toMatchObject({ secrets: ['secret:ci'], unreadableSecrets: [] })
    expect(desk.configuration().unreadable).toEqual([])
  })

  it('settings that are not valid are refused with the place, and nothing of the change is kept', () => {
    const refused = desk.configure({
      name: 'webhooks',
      enabled: true,
      settings: { endpoints: [{ ...endpoint, url: 'ftp://example.org' }] },
      secrets: { 'secret:ci': secretOf(1) },
    })
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'invalid_settings', details: { path: 'endpoints.0.url' } },
    })
    expect(desk.list().find(({ name }) => name === 'webhooks')).toMatchObject({ state: 'off', secrets: [] })
    expect(desk.pause('nothing')).toMatchObject({ ok: false, error: { code: 'unknown_inbox' } })
  })

  it('without a worker beside it, a test says what to start', async () => {
    expect(await desk.test('webhooks', 'ci')).toMatchObject({
      ok: true,
      value: { ok: false, detail: expect.stringContaining('docket work') },
    })
  })
})

describe('what the desk shows of issues', () => {
  it('is as they are now, also right after a change made through the same connection', () => {
    const issueId = newId() as never
    workspace.commands.execute({ type: 'create', issueId, title: 'Before' })
    const opened = openInboxDatabase(inboxDatabaseFile(folder))
    if (!opened.ok) throw new Error(opened.error.message)
    const event = workspace.log.readAll(0 as never, 100).find(({ streamId }) => streamId === issueId)
    noticeStore(opened.value, Date.now).add({
      streamId: issueId,
      eventId: event?.id ?? '',
      position: event?.position ?? 0,
      reason: 'subscribed',
      occurredAt: 1,
    })
    opened.value.client.close()
    const titles = () => desk.notices({ show: 'inbox', limit: 10 }).rows.map(({ issue }) => issue?.title)
    expect(titles()).toEqual(['Before'])
    workspace.commands.execute({ type: 'change_title', issueId, title: 'After' })
    expect(titles()).toEqual(['After'])
  })

  it('a mention is what its notice says, whatever lesser things came after it', () => {
    const issueId = newId() as never
    const ben = newId()
    workspace.commands.execute({ type: 'create', issueId, title: 'Talked about' })
    const add = (type: string, data: unknown) =>
      workspace.log.append({ type: 'issue', id: issueId }, [
        { id: newId(), type, data, actorId: ben } as never,
      ]).events[0]
    const happened = [
      add('commented', { commentId: newId(), body: 'Look, @you', mentions: [workspace.me.memberId] }),
      add('status_changed', { from: 'open', to: 'in_progress', transition: 'start' }),
    ]
    const opened = openInboxDatabase(inboxDatabaseFile(folder))
    if (!opened.ok) throw new Error(opened.error.message)
    for (const [at, event] of happened.entries())
      noticeStore(opened.value, Date.now).add({
        streamId: issueId,
        eventId: event?.id ?? '',
        position: event?.position ?? 0,
        reason: at === 0 ? 'mentioned' : 'subscribed',
        occurredAt: at + 1,
      })
    opened.value.client.close()
    const [notice] = desk.notices({ show: 'inbox', limit: 10 }).rows
    expect(notice).toMatchObject({
      reason: 'mentioned',
      events: 2,
      latest: { type: 'commented', text: expect.stringContaining('Look, @you') },
    })
  })
})

describe('inboxes of one’s own, at the desk', () => {
  it('are listed without being run, trusted by their hash alone, and no longer once they change', () => {
    const file = join(folder, 'inboxes', 'mine.mjs')
    mkdirSync(join(folder, 'inboxes'))
    writeFileSync(file, 'throw new Error("executed")')
    writeFileSync(join(folder, 'inboxes', 'Not One.txt'), '')
    const mine = (): InboxView => desk.list().find(({ name }) => name === 'own-mine') as InboxView
    expect(desk.list().filter(({ own }) => own)).toHaveLength(1)
    expect(mine()).toMatchObject({ state: 'off', own: { file: 'mine.mjs', trusted: false } })
    const { hash } = mine().own as { hash: string }
    expect(desk.trust('own-mine', '0'.repeat(64), true)).toMatchObject({
      ok: false,
      error: { code: 'concurrency' },
    })
    expect(view(desk.configure({ name: 'own-mine', enabled: true })).state).toBe('not_ready')
    expect(view(desk.trust('own-mine', hash, true))).toMatchObject({
      state: 'running',
      own: { trusted: true },
    })
    writeFileSync(file, 'throw new Error("executed, and changed")')
    expect(mine()).toMatchObject({ state: 'not_ready', own: { trusted: false } })
    expect(desk.trust('webhooks', hash, true)).toMatchObject({ ok: false, error: { code: 'unknown_inbox' } })
  })
})
