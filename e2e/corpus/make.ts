/**
 * Freezes what the Docket of this checkout makes: `node_modules/node/bin/node e2e/corpus/make.ts NAME` writes `e2e/corpus/states/NAME/`. Only commands are
 * used, as a person would, each in a process of its own. README.md says when a new state is due. Takes three minutes, and a PostgreSQL on 127.0.0.1.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { zstdCompressSync } from 'node:zlib'
import { packFolder } from './pack.ts'

const [name] = process.argv.slice(2)
if (name === undefined) throw new Error('Name the state after the day and the commit: 2026-11-30-ee0456d')

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const target = here(`./states/${name}`)
const root = mkdtempSync(join(tmpdir(), 'docket-corpus-'))
const config = join(root, 'config')
const pace = JSON.stringify({ attempts: 2, firstBackoffMillis: 1, longestBackoffMillis: 1 })
const commands = { docket: here('../../src/cli/main.ts'), server: here('../../server/main.ts') }
const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => child.on('close', () => resolve()))

/** Runs `docket …` and lets this process answer meanwhile, for it receives webhooks. @returns what it printed. */
async function docket(
  folder: string,
  args: readonly string[],
  { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {},
): Promise<string> {
  const child = spawn(process.execPath, [commands.docket, '--workspace', folder, ...args], {
    env: { ...process.env, XDG_CONFIG_HOME: config, DOCKET_TEST_PACE: pace, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  child.stdin.end(input)
  await ended(child)
  if (child.exitCode !== 0) throw new Error(`docket ${args.join(' ')} ended with ${child.exitCode}: ${said}`)
  return said
}
const json = async (folder: string, ...args: readonly string[]) =>
  JSON.parse(await docket(folder, [...args, '--json'])) as Record<string, never>
const folderOf = (what: string): string => join(root, what)

async function init(what: string, member: string): Promise<string> {
  const folder = folderOf(what)
  await docket(folder, ['init', '--name', `Frozen ${what}`, '--member', member, '--prefix', 'ICE'])
  return folder
}

/** What the Docket of then says of a workspace; the test holds today's against it. */
async function facts(folder: string): Promise<Record<string, unknown>> {
  const { digest } = await json(folder, 'digest')
  const { events, issues } = await json(folder, 'stats')
  const { intact, chains } = await json(folder, 'verify')
  if (!intact) throw new Error(`${folder} does not verify`)
  return { events, chains, issues, digest }
}
const workspaces: Record<string, Record<string, unknown>> = {}
async function freeze(folder: string, what: string, more: Record<string, unknown> = {}): Promise<void> {
  workspaces[what] = { ...(await facts(folder)), ...more }
  rmSync(join(folder, 'backups'), { recursive: true, force: true })
  packFolder(folder, join(target, `${what}.tar.zst`))
}

/** Imports of each format, as they come out: importing the same file again must add nothing. */
async function imports(): Promise<void> {
  for (const file of readdirSync(here('./imports'))) {
    const format = file.replace(/\..*$/, '')
    const folder = await init(`import-${format}`, 'Ada Lovelace')
    const { events, problemCount } = await json(
      folder,
      'import',
      here(`./imports/${file}`),
      '--format',
      format,
    )
    await freeze(folder, `import-${format}`, { file, format, imported: events, problemCount })
  }
}

/** The payloads of every type and version, and after them what commands make; a long issue that has snapshots; an inbox that has delivered, failed and has to try again. */
async function plain(): Promise<void> {
  const folder = await init('plain', 'Ada Lovelace')
  for (const file of readdirSync(here('./payloads')))
    await docket(folder, ['import', here(`./payloads/${file}`), '--format', 'docket'])
  const received = createServer((request, response) => {
    response.statusCode = { '/gone': 410, '/later': 503 }[request.url ?? ''] ?? 204
    request.resume().on('end', () => response.end())
  })
  await new Promise<void>((resolve) => received.listen(0, '127.0.0.1', resolve))
  const { port } = received.address() as { port: number }
  const endpoints = ['kept', 'gone', 'later'].map((path) => ({
    id: path,
    name: path,
    url: `http://127.0.0.1:${port}/${path}`,
    types: ['created', 'commented'],
  }))
  await docket(folder, ['inbox', 'set', 'webhooks', '-', '--on'], { input: JSON.stringify({ endpoints }) })
  for (const { id } of endpoints)
    await docket(folder, ['inbox', 'set', 'webhooks', '--secret', `secret:${id}`], {
      input: `whsec_${Buffer.alloc(32, id).toString('base64')}`,
    })
  await docket(folder, [
    'rule',
    'add',
    '--name',
    'Tell',
    '--when',
    'event:created',
    '--then',
    'notify:@me,{{issue.title}} is new',
  ])
  await docket(folder, ['rule', 'add', '--name', 'Due', '--when', 'due:3d', '--then', 'comment:It is due'])
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
  await docket(folder, [
    'new',
    'A long issue',
    '-d',
    'For @ben',
    '-p',
    'high',
    '--due',
    tomorrow,
    '-l',
    'fault',
    '-l',
    'fresh',
    '--project',
    'The site',
    '-a',
    '@me',
  ])
  const { key } = await json(folder, 'new', 'Another')
  await docket(folder, [
    'edit',
    String(key),
    '-t',
    'Renamed',
    '--parent',
    'ALL-5',
    '--project',
    'Fresh',
    '--mute',
  ])
  for (const transition of ['start', 'review', 'resolve', 'close', 'reopen'])
    await docket(folder, ['do', String(key), transition])
  await docket(folder, ['edit', 'ALL-4', '--archive'])
  await docket(folder, ['work', '--once'])
  const patient = JSON.stringify({ attempts: 9, firstBackoffMillis: 9e7, longestBackoffMillis: 9e7 })
  for (let number = 1; number <= 60; number++) await docket(folder, ['comment', 'ALL-5', `Comment ${number}`])
  await docket(folder, ['work', '--once'], { env: { DOCKET_TEST_PACE: patient } })
  received.close()
  const conflicts = (await json(folder, 'conflict', 'list', '--all')).conflicts as unknown as unknown[]
  await freeze(folder, 'plain', {
    conflicts: conflicts.length,
    snapshots: true,
    webhooks: endpoints.map(({ id }) => id),
  })
}

type Server = { url: string; admin(...args: string[]): Record<string, string>; stop(): Promise<void> }
async function serve(where: readonly string[], env: Record<string, string>): Promise<Server> {
  const options = { env: { ...process.env, ...env } }
  const start = async (port: number): Promise<{ child: ChildProcess; url: string }> => {
    const child = spawn(process.execPath, [commands.server, ...where, '--port', String(port)], {
      ...options,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const url = await new Promise<string>((resolve) => {
      let said = ''
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        said += text
        const found = /"url":"(http:\/\/127\.0\.0\.1:\d+)"/.exec(said)
        if (found) resolve(found[1] as string)
      })
    })
    return { child, url }
  }
  const { child, url } = await start(0)
  return {
    url,
    admin(...args) {
      const { stdout, status } = spawnSync(
        process.execPath,
        [commands.server, ...where, 'admin', ...args, '--json'],
        options,
      )
      if (status !== 0) throw new Error(`docket-server admin ${args.join(' ')}: ${stdout}`)
      return JSON.parse(String(stdout))
    },
    async stop() {
      child.kill('SIGTERM')
      await ended(child)
    },
  }
}

const join_ = (folder: string, url: string, invite: string, ...more: string[]) =>
  docket(
    folder,
    ['sync', 'join', url, '--invite', '-', '--device', `${folder.split('/').at(-1)} laptop`, ...more],
    { input: invite },
  )
const now = (folder: string) => docket(folder, ['sync', 'now'])
async function everybody(...folders: string[]): Promise<void> {
  for (const folder of [...folders, ...folders]) await now(folder)
}

/**
 * A team: two owners' copies that changed the same apart, one of them a backup put back that went on (a fork), a rule by the clock that both
 * acted on (an event recorded twice), somebody who was taken out, and an invite that nobody has taken yet.
 */
async function team(what: string, server: Server, encrypt: boolean): Promise<Record<string, unknown>> {
  const more = encrypt ? ['--encrypt'] : []
  const { invite } = server.admin('create-workspace', '--name', `Frozen ${what}`)
  const olga = await init(`${what}-olga`, 'Olga')
  await docket(olga, ['new', 'From before the team', '-l', 'old'])
  await join_(olga, server.url, String(invite), ...more)
  await now(olga)
  const invited = async (...args: string[]) => String((await json(olga, 'team', 'invite', ...args)).text)
  const ben = await init(`${what}-ben`, 'Ben')
  await docket(ben, ['new', 'Brought along'])
  await join_(ben, server.url, await invited())
  const dan = await init(`${what}-dan`, 'Dan')
  await join_(dan, server.url, await invited('--role', 'reader'))
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
  await docket(olga, ['rule', 'add', '--name', 'Due', '--when', 'due:3d', '--then', 'comment:It is due'])
  const due = String((await json(olga, 'new', 'Due soon', '--project', 'Web', '-d', 'For @ben')).issueId)
  await everybody(olga, ben, dan)
  // Apart: both change the same, and both copies' rules act.
  for (const folder of [olga, ben]) await docket(folder, ['sync', 'pause'])
  await docket(olga, ['edit', 'ICE-1', '-t', 'Olga’s title', '-p', 'high', '-l', 'ui'])
  await docket(olga, ['do', 'ICE-1', 'start'])
  await docket(ben, ['edit', 'ICE-1', '-t', 'Ben’s title', '-p', 'low'])
  await docket(ben, ['do', 'ICE-1', 'close'])
  for (const folder of [olga, ben]) {
    await docket(folder, ['edit', due, '--due', tomorrow])
    await docket(folder, ['work', '--once'])
  }
  for (const folder of [olga, ben]) await docket(folder, ['sync', 'resume'])
  await everybody(olga, ben, dan)
  // A backup put back: what was pushed since goes on as another chain.
  const backup = `${ben}-backup`
  cpSync(ben, backup, { recursive: true })
  await docket(ben, ['comment', 'ICE-1', 'Pushed, and then lost here'])
  await now(ben)
  rmSync(ben, { recursive: true })
  cpSync(backup, ben, { recursive: true })
  await docket(ben, ['comment', 'ICE-1', 'Written after the backup was put back'])
  await docket(ben, ['new', 'Numbered by the server'])
  await everybody(ben, olga)
  const conflicts = (await json(olga, 'conflict', 'list', '--all')).conflicts as unknown as { id: string }[]
  await docket(olga, ['conflict', 'dismiss', String(conflicts[0]?.id)])
  await docket(olga, ['team', 'remove', 'Dan'])
  await everybody(olga, ben, olga)
  const open = await invited('--hours', '500')
  await everybody(olga, ben)
  const facts = { encrypted: encrypt, invite: open, url: server.url, conflicts: conflicts.length }
  await freeze(olga, `${what}-olga`, { team: what, member: 'Olga' })
  await freeze(ben, `${what}-ben`, { team: what, member: 'Ben' })
  return facts
}

mkdirSync(target, { recursive: true })
await imports()
await plain()
const teams: Record<string, unknown> = {}
const data = join(root, 'server')
const server = await serve(['--data', data], { DATABASE_URL: '' })
teams.open = await team('open', server, false)
teams.sealed = await team('sealed', server, true)
await server.stop()
packFolder(data, join(target, 'server-pglite.tar.zst'))

const databaseUrl = 'postgres://postgres@127.0.0.1:5432/'
const database = `docket_corpus_${process.pid}`
const psql = (statement: string) => execFileSync('psql', [`${databaseUrl}postgres`, '-qc', statement])
psql(`CREATE DATABASE ${database}`)
try {
  const onPostgres = await serve([], { DATABASE_URL: databaseUrl + database })
  teams.postgres = await team('postgres', onPostgres, false)
  await onPostgres.stop()
  const dump = execFileSync(
    'pg_dump',
    ['--inserts', '--no-owner', '--no-privileges', databaseUrl + database],
    { maxBuffer: 2 ** 30 },
  )
  writeFileSync(join(target, 'server-postgres.sql.zst'), zstdCompressSync(dump))
} finally {
  psql(`DROP DATABASE ${database} WITH (FORCE)`)
}
cpSync(join(config, 'docket', 'secrets.key'), join(target, 'secrets.key'))
const commit = String(execFileSync('git', ['rev-parse', 'HEAD'], { cwd: here('.') })).trim()
const state = { commit, madeAt: new Date().toISOString(), workspaces, teams }
writeFileSync(join(target, 'state.json'), `${JSON.stringify(state, null, 2)}\n`)
rmSync(root, { recursive: true })
