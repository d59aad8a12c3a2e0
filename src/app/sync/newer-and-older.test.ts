import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { command } from '#core/commands.ts'
import { eventRegistry } from '#core/event-registry.ts'
import { verifyLog } from '#db/log/verify.ts'
import { rebuildProjections } from '#db/projections/rebuild.ts'
import { stateDigests } from '#db/queries/state-digest.ts'
import { listEventTypes } from '../calls/event-type-handlers.ts'
import { newId } from '../commands/new-id.ts'
import { openedWorkspace } from '../testing/temporary-workspace.ts'
import { initWorkspace } from '../workspace/init-workspace.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { joinHistory } from './join-history.ts'
import { joinAs, type ServerProcess, serverProcess } from './testing/server-process.ts'

// A team of two releases in real processes: the older is this one with types and a kind of stream taken out of its registry (older-docket.mjs).

const script = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const hidden = [
  'archived,restored,project_changed,project_created,project_renamed,stream project',
  'event_type_registered,event_type_extended,event_type_retired,stream event_type,own types',
].join()
const olderEnv = {
  NODE_OPTIONS: `--import=${script('../testing/older-docket.mjs')}`,
  DOCKET_TEST_HIDDEN: hidden,
}
type Release = 'older' | 'newer'
const run = promisify(execFile)
const patience = 600_000

let root: string
let server: ServerProcess | undefined
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'docket-releases-'))
})
afterEach(async () => {
  await server?.stop()
  rmSync(root, { recursive: true, force: true })
})

type Copy = {
  readonly folder: string
  /** Rounds of sync until nothing moves, by a process of a release. @throws with what it said where one fails */
  sync(release: Release): Promise<void>
  /** The `docket` command, by a process of a release. */
  docket(release: Release, ...args: readonly string[]): Promise<string>
  /** What is done with the workspace open here, by the newer release. */
  with<T>(work: (workspace: Workspace) => T): T
}

const envOf = (release: Release) => ({ ...process.env, ...(release === 'older' ? olderEnv : {}) })

async function copyOf({ url }: ServerProcess, invite: string, name: string): Promise<Copy> {
  const folder = join(root, name)
  initWorkspace({ folder, name: 'Team', memberName: name })
  const workspace = openedWorkspace(folder)
  const { token, workspaceId, historyId, member } = await joinAs(url, invite, {
    id: workspace.me.memberId,
    name,
  })
  joinHistory(workspace, { historyId, memberId: member.id, memberName: name })
  workspace.close()
  return {
    folder,
    async sync(release) {
      const child = [script('../testing/sync-child.ts'), folder, url, token, workspaceId, '1', '0']
      await run(process.execPath, child, { env: envOf(release) })
    },
    async docket(release, ...args) {
      const main = script('../../cli/main.ts')
      const { stdout } = await run(process.execPath, [main, ...args, '--workspace', folder], {
        env: envOf(release),
      })
      return stdout
    },
    with(work) {
      const here = openedWorkspace(folder)
      try {
        return work(here)
      } finally {
        here.close()
      }
    },
  }
}

function checked(workspace: Workspace): string {
  const { database } = workspace
  while (workspace.projections.step(500));
  expect(rebuildProjections(database, { registry: eventRegistry(), newId }).repaired).toEqual([])
  expect(verifyLog(database).problems).toEqual([])
  return stateDigests(database).now().digest
}

it.each<[Release, Release]>([
  ['older', 'newer'],
  ['newer', 'older'],
])(
  'with one release on the server (%s) and one on the second copy (%s) a team works together, and what only one knows is folded once the other does',
  async (ofServer, ofBen) => {
    server = await serverProcess(join(root, 'server'), '', ofServer === 'older' ? olderEnv : {})
    const made = await server.createWorkspace('Team')
    const ada = await copyOf(server, made.invite, 'Ada')
    const ben = await copyOf(server, await server.invite(made.workspaceId), 'Ben')
    const [issueId, projectId] = [uuidv7(), uuidv7()]
    ada.with(({ commands }) => {
      for (const wish of [
        { type: 'create', issueId, title: 'Shared' },
        { type: 'create_project', projectId, name: 'Website' },
        { type: 'change_project', issueId, projectId },
        { type: 'change_title', issueId, title: 'Shared by all' },
        {
          type: 'register_event_type',
          name: 'deal_won',
          sentence: 'won the deal {name}',
          schema: { type: 'object', properties: { name: { type: 'string' } } },
        },
        { type: 'record', issueId, eventType: 'deal_won', data: { name: 'Acme' } },
        { type: 'archive', issueId },
      ])
        expect(commands.execute(command.parse(wish)), wish.type).toMatchObject({ ok: true })
    })
    await ada.sync('newer')
    await ben.sync(ofBen)
    if (ofBen === 'older') {
      const feed = await ben.docket('older', 'feed', '--limit', '50')
      expect(feed.split('something that a newer Docket recorded')).toHaveLength(6)
      const items = JSON.parse(await ben.docket('older', 'feed', '--limit', '50', '--json')).events
      const unknown = (items as { type: string; waiting: string | null }[]).filter(({ waiting }) => waiting)
      expect(unknown.map(({ type }) => type).sort()).toEqual([
        'archived',
        'deal_won',
        'event_type_registered',
        'project_changed',
        'project_created',
      ])
      expect(JSON.parse(await ben.docket('older', 'list', '--json')).issues).toMatchObject([
        { title: 'Shared by all', archived: false },
      ])
    }
    // What the older one records meanwhile builds on what it knows, and reaches everybody.
    await ben.docket(ofBen, 'new', 'Said by Ben')
    await ben.sync(ofBen)
    await ada.sync('newer')
    // The older copy, and whatever it is on, is updated.
    const ofAda = ada.with(checked)
    expect(ben.with(checked)).toBe(ofAda)
    const seen = ben.with(({ log }) => log.issue(issueId))
    expect(seen).toMatchObject({ archived: true, project: projectId, title: 'Shared by all' })
    expect(ben.with(listEventTypes)).toMatchObject([{ name: 'deal_won', retired: false }])
    expect(await ben.docket('newer', 'feed', '--limit', '50')).toContain('won the deal Acme')
  },
  patience,
)
