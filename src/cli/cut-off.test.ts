import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ServerProcess, serverProcess } from '#app/sync/testing/server-process.ts'
import { anyCommandInput, commandsOf, type Wished } from '#app/testing/random-commands.ts'
import { openedWorkspace } from '#app/testing/temporary-workspace.ts'
import { command } from '#core/commands.ts'
import { freshPostgres, postgresAnswers } from '#server/testing/both-databases.ts'
import { docket } from './testing/run-docket.ts'

const seed = Number(process.env.DOCKET_TEST_SEED ?? Date.now() % 1_000_000)
const commands = 500
const hasPostgres = await postgresAnswers()

/** One address before several servers, each connection to the next of them; `cut` and it answers nobody. */
async function oneAddress(servers: readonly ServerProcess[]) {
  const ports = servers.map(({ url }) => Number(new URL(url).port))
  let turn = 0
  let isCut = false
  const proxy: Server = createServer((near) => {
    near.on('error', () => {})
    if (isCut) return void near.destroy()
    const far = connect(ports[turn++ % ports.length] as number, '127.0.0.1')
    far.on('error', () => near.destroy())
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    cut: (cut: boolean) => {
      isCut = cut
    },
    close: () => new Promise((resolve) => proxy.close(resolve)),
  }
}

/** Random commands in a workspace; some are refused, as people's are. @returns how many were carried out. */
function work(folder: string, wishSeed: number): number {
  const workspace = openedWorkspace(folder)
  const wished: Wished = { issues: [], comments: [] }
  let done = 0
  for (const wish of fc.sample(anyCommandInput, { numRuns: commands, seed: wishSeed }))
    for (const wanted of commandsOf(wish, wished, workspace))
      if (workspace.commands.execute(command.parse(wanted)).ok) done += 1
  workspace.close()
  return done
}

async function ran(folder: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await docket([...args, '--workspace', folder])
  expect([code, stderr]).toEqual([0, ''])
  return stdout.trim()
}

describe.each([
  ['one server on PGlite', 1, true],
  ['two servers on one PostgreSQL behind one address', 2, hasPostgres],
])('%s', (_name, count, there) => {
  it.skipIf(!there)(
    `two workspaces that were cut off for ${commands} commands each print one digest once they meet (seed ${seed})`,
    async () => {
      const root = mkdtempSync(join(tmpdir(), 'docket-cut-off-'))
      const database = count > 1 ? await freshPostgres() : undefined
      const servers: ServerProcess[] = []
      try {
        for (let n = 0; n < count; n++)
          servers.push(await serverProcess(join(root, `server-${n}`), database?.url))
        const address = await oneAddress(servers)
        const [server] = servers as [ServerProcess]
        const made = await server.createWorkspace('Team')
        const folders = ['ada', 'ben'].map((name) => join(root, name))
        for (const [n, folder] of folders.entries()) {
          await ran(folder, 'init', '--member', n === 0 ? 'Ada' : 'Ben')
          const invite = n === 0 ? made.invite : await server.invite(made.workspaceId)
          await ran(folder, 'sync', 'join', address.url, '--invite', invite)
        }
        address.cut(true)
        const [ada, ben] = folders as [string, string]
        expect(work(ada, seed)).toBeGreaterThan(commands / 4)
        expect(work(ben, seed + 1)).toBeGreaterThan(commands / 4)
        // Also where no worker has looked since.
        const { unpushed } = JSON.parse(await ran(ada, 'sync', 'status', '--json'))
        expect(unpushed).toBeGreaterThan(commands / 4)
        expect(await ran(ada, 'sync', 'status')).toContain('not sent yet')
        expect((await docket(['sync', 'now', '--workspace', ada])).code).toBe(1)
        expect(await ran(ada, 'digest')).not.toBe(await ran(ben, 'digest'))

        address.cut(false)
        for (const folder of [ada, ben, ada, ben]) await ran(folder, 'sync', 'now')
        expect(await ran(ada, 'digest')).toBe(await ran(ben, 'digest'))
        expect(JSON.parse(await ran(ada, 'sync', 'status', '--json'))).toMatchObject({ unpushed: 0 })
        for (const folder of folders) expect(await ran(folder, 'verify')).toContain('intact')
        await address.close()
      } finally {
        for (const each of servers) await each.stop()
        await database?.drop()
        rmSync(root, { recursive: true, force: true })
      }
    },
    180_000,
  )
})
