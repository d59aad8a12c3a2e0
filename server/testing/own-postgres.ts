import { execFile } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const debians = '/usr/lib/postgresql'
const programs = existsSync(debians)
  ? readdirSync(debians)
      .map((version) => join(debians, version, 'bin'))
      .find((folder) => existsSync(join(folder, 'initdb')))
  : undefined

/** Whether a PostgreSQL of a test's own can be started: Debian's programs are there, and somebody whom they run for. */
export const ownPostgresRuns = programs !== undefined && process.platform === 'linux'

async function postgresUser(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  // PostgreSQL won't run for root.
  if (process.getuid?.() !== 0) return undefined
  const id = async (flag: string) => Number((await promisify(execFile)('id', [flag, 'postgres'])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })

/** A PostgreSQL on a port of its own that a test may stop and start while others use the machine's. */
export async function ownPostgres(): Promise<{
  readonly url: string
  /** Ends it as a power cut would, connections and all, and starts it again. */
  crashAndRestart(): Promise<void>
  end(): Promise<void>
}> {
  const user = await postgresUser()
  const folder = mkdtempSync(join(tmpdir(), 'docket-postgres-'))
  if (user) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const port = await freePort()
  const run = (program: string, ...args: string[]) =>
    promisify(execFile)(join(programs ?? '', program), args, { cwd: folder, ...user })
  await run('initdb', '--auth=trust', '--username=postgres', '--no-sync', data)
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=`
  const control = (...args: string[]) => run('pg_ctl', ...args, '--wait', `--pgdata=${data}`)
  const start = () => control('start', `--log=${join(folder, 'log')}`, `--options=${options}`)
  const stop = () => control('stop', '--mode=immediate')
  await start()
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async crashAndRestart() {
      await stop()
      await start()
    },
    async end() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
