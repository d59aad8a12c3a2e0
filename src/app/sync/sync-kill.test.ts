import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { eventRegistry } from '#core/event-registry.ts'
import { verifyLog } from '#db/log/verify.ts'
import { rebuildProjections } from '#db/projections/rebuild.ts'
import { stateDigests } from '#db/queries/state-digest.ts'
import { newId } from '../commands/new-id.ts'
import { openedWorkspace } from '../testing/temporary-workspace.ts'
import { initWorkspace } from '../workspace/init-workspace.ts'
import { joinHistory } from './join-history.ts'
import { joinAs, serverProcess } from './testing/server-process.ts'

/** `DOCKET_SYNC_KILLS` asks for more. */
const kills = Number(process.env.DOCKET_SYNC_KILLS ?? 6)
const copies = 3
const patience = 900_000
const seed = Number(process.env.DOCKET_TEST_SEED ?? Date.now() % 1_000_000)

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'docket-sync-kill-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** The n-th number of a repeatable row, 0 to 1. */
function random(n: number): number {
  const x = Math.sin(seed + n * 12.9898) * 43_758.5453
  return x - Math.floor(x)
}

const script = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.on('close', resolve))

type Copy = { readonly folder: string; readonly token: string; readonly workspaceId: string }

async function copyOf(url: string, invite: string, name: string): Promise<Copy> {
  const folder = join(root, name)
  initWorkspace({ folder, name: 'Team', memberName: name })
  const workspace = openedWorkspace(folder)
  const { token, workspaceId, historyId, member } = await joinAs(url, invite, {
    id: workspace.me.memberId,
    name,
  })
  joinHistory(workspace, { historyId, memberId: member.id, memberName: name })
  workspace.close()
  return { folder, token, workspaceId }
}

it(
  `copies and server killed (-9) again and again (seed ${seed}): all end alike, and nothing acknowledged is missing`,
  async () => {
    const server = await serverProcess(join(root, 'server'))
    const { url } = server
    const made = await server.createWorkspace('Team')
    const list: Copy[] = [await copyOf(url, made.invite, 'copy-0')]
    for (let n = 1; n < copies; n++)
      list.push(await copyOf(url, await server.invite(made.workspaceId), `copy-${n}`))

    const acknowledged = new Set<string>()
    const work = (copy: Copy, n: number, count: number): ChildProcess => {
      const { folder, token, workspaceId } = copy
      const child = spawn(
        process.execPath,
        [
          script('../testing/sync-child.ts'),
          folder,
          url,
          token,
          workspaceId,
          String(seed + n),
          String(count),
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      let said = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text
        const lines = said.split('\n')
        said = lines.pop() ?? ''
        for (const line of lines) acknowledged.add(line)
      })
      return child
    }

    for (let n = 0; n < kills; n++) {
      const children = list.map((copy, at) => work(copy, n * copies + at, 10_000))
      const before = acknowledged.size
      await new Promise<void>((resolve) => {
        const look = setInterval(() => {
          if (acknowledged.size < before + 30) return
          clearInterval(look)
          resolve()
        }, 5)
      })
      if (n % 2 === 1) await server.kill()
      const dying = children.map(ended)
      // The moment is the point of this test: anywhere inside what they do.
      for (const [at, child] of children.entries())
        setTimeout(() => child.kill('SIGKILL'), random(n * copies + at) * 200)
      await Promise.all(dying)
    }

    for (const copy of [...list, ...list, ...list]) {
      const child = work(copy, 0, 0)
      expect(await ended(child)).toBe(0)
    }
    const digests = list.map(({ folder }) => {
      const workspace = openedWorkspace(folder)
      const ids = new Set(
        workspace.database.client.prepare('SELECT lower(hex(id)) FROM events').pluck().all(),
      )
      const missing = [...acknowledged].filter((id) => !ids.has(id.replaceAll('-', '')))
      expect(missing).toEqual([])
      expect(verifyLog(workspace.database).problems).toEqual([])
      const rebuilt = rebuildProjections(workspace.database, { registry: eventRegistry(), newId })
      expect(rebuilt.repaired).toEqual([])
      const { digest } = stateDigests(workspace.database).now()
      workspace.close()
      return digest
    })
    expect(new Set(digests).size).toBe(1)
    expect(acknowledged.size).toBeGreaterThan(kills * 30)
    await server.stop()
  },
  patience,
)
