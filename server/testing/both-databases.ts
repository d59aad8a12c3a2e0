import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe } from 'vitest'
import { protocolHeader } from '#contract/sync-api/protocol.ts'
import type { Joined } from '#contract/sync-api/team.ts'
import { startCursor } from '#contract/sync-api/wire-events.ts'
import type { RunningServer, StartOptions } from '../start-server.ts'
import { startServer } from '../start-server.ts'
import { type MadeChain, madeChain } from './made-chain.ts'

const postgres = 'postgres://postgres@127.0.0.1:5432/'

/** Whether PostgreSQL answers on this machine. */
export async function postgresAnswers(): Promise<boolean> {
  const client = new pg.Client({ connectionString: `${postgres}postgres`, connectionTimeoutMillis: 2_000 })
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

/** A database of a test's own. */
export async function freshPostgres(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `docket_test_${process.pid}_${uuidv7().slice(-8)}`
  const run = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: `${postgres}postgres` })
    await client.connect()
    await client.query(statement)
    await client.end()
  }
  await run(`CREATE DATABASE ${name}`)
  return { url: `${postgres}${name}`, drop: () => run(`DROP DATABASE ${name} WITH (FORCE)`) }
}

/** A device of a member, with a chain of its own. */
export type Person = {
  readonly joined: Joined
  readonly chain: MadeChain
  /** A request with the person's token; `body` is sent as JSON. */
  ask(
    path: string,
    init?: { method?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Asked>
  push(request: unknown): Promise<Asked>
  /** Everything that a puller gets, page by page. */
  pullAll(
    query?: Record<string, string>,
  ): Promise<readonly { chain: string; event: Record<string, unknown> }[]>
}
export type Asked = {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly headers: Headers
}

export async function ask(
  server: RunningServer,
  path: string,
  { method, body, headers = {} }: { method?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Asked> {
  const response = await fetch(`${server.url}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { [protocolHeader]: '1', 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  let parsed: unknown = text
  try {
    parsed = JSON.parse(text)
  } catch {
    // Not every answer is JSON.
  }
  return { status: response.status, body: parsed as Asked['body'], headers: response.headers }
}

/** Takes an invite as a new device. */
export async function person(
  server: RunningServer,
  code: string,
  {
    id = uuidv7(),
    name = 'Somebody',
    historyId = uuidv7(),
    proof,
  }: { id?: string; name?: string; historyId?: string; proof?: string } = {},
): Promise<Person> {
  const answer = await ask(server, '/v1/join', {
    body: {
      code,
      device: { name: `${name}'s laptop`, ...(proof ? { proof } : {}) },
      member: { id, name },
      historyId,
    },
  })
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
  const joined = answer.body as unknown as Joined
  const authorization = `Bearer ${joined.token}`
  const at = `/v1/workspaces/${joined.workspaceId}`
  const asking: Person['ask'] = (path, init = {}) =>
    ask(server, `${at}${path}`, { ...init, headers: { authorization, ...init.headers } })
  return {
    joined,
    chain: madeChain(joined.member.id),
    ask: asking,
    push: (request) => asking('/push', { body: request }),
    async pullAll(query = {}) {
      const all: { chain: string; event: Record<string, unknown> }[] = []
      let cursor: { seq: number; mark: string } = startCursor
      for (;;) {
        const parameters = new URLSearchParams({ after: String(cursor.seq), mark: cursor.mark, ...query })
        const { status, body } = await asking(`/events?${parameters}`)
        if (status !== 200) throw new Error(JSON.stringify(body))
        const page = body as unknown as {
          chains: { chain: string }[]
          events: { chain: number; event: Record<string, unknown> }[]
          cursor: { seq: number; mark: string }
          more: boolean
        }
        for (const { chain, event } of page.events)
          all.push({ chain: page.chains[chain]?.chain ?? '', event })
        cursor = page.cursor
        if (!page.more) return all
      }
    },
  }
}

export type Around = {
  readonly server: RunningServer
  /** The address of the same database, for another server. */
  readonly where: { readonly data: string } | { readonly databaseUrl: string }
  /** A workspace of its own with its owner, and people who join it. */
  team(): Promise<{
    readonly workspaceId: string
    readonly owner: Person
    invite(role?: 'member' | 'reader' | 'owner'): Promise<Person>
  }>
}

const answers = await postgresAnswers()

/** The same tests on PGlite and on Postgres. */
export function onBothDatabases(
  name: string,
  tests: (around: () => Around) => void,
  options: Partial<Omit<StartOptions, 'data' | 'databaseUrl'>> = {},
): void {
  for (const kind of ['PGlite', 'Postgres'] as const) {
    describe.skipIf(kind === 'Postgres' && !answers)(`on ${kind}: ${name}`, () => {
      let around: Around
      let end: () => Promise<void>
      beforeAll(async () => {
        const folder = mkdtempSync(join(tmpdir(), 'docket-server-test-'))
        const fresh = kind === 'Postgres' ? await freshPostgres() : undefined
        const where = fresh ? { databaseUrl: fresh.url } : { data: join(folder, 'data') }
        const server = await startServer({
          ...where,
          limits: { token: 1e6, address: 1e6, attempts: 1e6 },
          ...options,
        })
        around = {
          server,
          where,
          async team() {
            const { workspaceId, code } = await server.admin.createWorkspace('Team')
            return {
              workspaceId,
              owner: await person(server, code, { name: 'Olga' }),
              invite: async (role = 'member') =>
                person(server, (await server.admin.invite(workspaceId, { role })).code),
            }
          },
        }
        end = async () => {
          await server.close()
          await fresh?.drop()
          rmSync(folder, { recursive: true, force: true })
        }
      })
      afterAll(() => end())
      tests(() => around)
    })
  }
}
