import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { v7 as uuidv7 } from 'uuid'
import { parseInvite } from '#contract/invite-text.ts'
import type { Joined } from '#contract/sync-api/team.ts'
import { serverClient } from '#inboxes/sync/server/server-client.ts'

const entry = fileURLToPath(new URL('../../../../server/main.ts', import.meta.url))

/** A sync server in a process of its own, which can be killed and started again where it was. */
export type ServerProcess = {
  readonly url: string
  /** The text that the first owner of a new workspace joins with, and the workspace's id. */
  createWorkspace(name: string): Promise<{ readonly invite: string; readonly workspaceId: string }>
  /** The text that one more member joins with. */
  invite(workspaceId: string): Promise<string>
  /** `kill -9`, and a new process on the same data. */
  kill(): Promise<void>
  /** In good order. */
  stop(): Promise<void>
}

/**
 * @param data its folder, for PGlite. @param databaseUrl PostgreSQL instead. @param more of its environment. @throws with what the server said where it
 * does not start.
 */
export async function serverProcess(
  data: string,
  databaseUrl = '',
  more: NodeJS.ProcessEnv = {},
): Promise<ServerProcess> {
  const env = { ...process.env, ...more, DATABASE_URL: databaseUrl }
  // A folder that is named goes before the database.
  const where = databaseUrl === '' ? ['--data', data] : []
  const run = (...args: readonly string[]): ChildProcess =>
    spawn(process.execPath, [entry, ...where, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })

  async function serve(port: number): Promise<{ readonly child: ChildProcess; readonly port: number }> {
    const child = run('--port', String(port), '--requests-a-minute', '1000000')
    return new Promise((resolve, reject) => {
      let said = ''
      child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)))
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        said += text
        const found = /"url":"http:\/\/127\.0\.0\.1:(\d+)"/.exec(said)
        if (found) resolve({ child, port: Number(found[1]) })
      })
    })
  }

  async function administer(...args: readonly string[]): Promise<{ invite: string; workspaceId: string }> {
    const child = run('admin', ...args, '--json')
    let said = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    await once(child, 'close')
    return JSON.parse(said)
  }

  async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    const ended = once(child, 'close')
    child.kill(signal)
    await ended
  }

  let { child, port } = await serve(0)
  return {
    url: `http://127.0.0.1:${port}`,
    createWorkspace: (name) => administer('create-workspace', '--name', name),
    invite: async (workspaceId) => (await administer('invite', '--workspace', workspaceId)).invite,
    async kill() {
      await end(child, 'SIGKILL')
      ;({ child, port } = await serve(port))
    },
    stop: () => end(child, 'SIGTERM'),
  }
}

/** Joins as a new member. @throws with the server's refusal. */
export async function joinAs(
  url: string,
  invite: string,
  member: { readonly id: string; readonly name: string },
): Promise<Joined> {
  const client = serverClient({ url })
  const joined = await client.join({
    code: parseInvite(invite)?.code ?? '',
    device: { name: member.name },
    member,
    historyId: uuidv7(),
  })
  await client.close()
  if (!joined.ok) throw new Error(joined.error.message)
  return joined.value
}
