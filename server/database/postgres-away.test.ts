import pg from 'pg'
import { afterEach, expect, it } from 'vitest'
import { type RunningServer, startServer } from '../start-server.ts'
import { freshPostgres, person, postgresAnswers } from '../testing/both-databases.ts'
import { ownPostgres, ownPostgresRuns } from '../testing/own-postgres.ts'

const answers = await postgresAnswers()

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function start(databaseUrl: string): Promise<RunningServer> {
  const server = await startServer({ databaseUrl, limits: { token: 1e6, address: 1e6, attempts: 1e6 } })
  ends.push(() => server.close())
  return server
}

/** Pushes 60 events in small pushes, with `trouble` during some of them; an answer is that they are stored, or that the database is away. */
async function pushThrough(
  server: RunningServer,
  trouble: (push: number) => Promise<unknown> | undefined,
): Promise<void> {
  const { code } = await server.admin.createWorkspace('Team')
  const owner = await person(server, code)
  for (let n = 1; n <= 60; n++) owner.chain.add({ number: n })
  let after = 0
  for (let push = 0; after < 60 && push < 400; push++) {
    const whole = owner.chain.after(after)
    const [answer] = await Promise.all([
      owner.push({ ...whole, events: whole.events.slice(0, 3) }),
      trouble(push),
    ])
    if (answer.status === 200) after = Number(answer.body.stored)
    else expect(answer).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } })
  }
  expect(after).toBe(60)
  const stored = (await owner.pullAll()).filter(({ event }) => event.type === 'created')
  expect(stored).toHaveLength(60)
}

it.skipIf(!answers)(
  'Postgres that ends every connection, time and again, loses nothing and holds up nobody afterwards',
  async () => {
    const fresh = await freshPostgres()
    ends.push(() => fresh.drop())
    const admin = new pg.Client({ connectionString: fresh.url })
    await admin.connect()
    ends.push(() => admin.end())
    const server = await start(fresh.url)
    const endAll = () =>
      admin.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      )
    await pushThrough(server, (push) => (push < 200 && push % 4 !== 0 ? endAll() : undefined))
  },
)

it.skipIf(!ownPostgresRuns)(
  'a PostgreSQL that crashes under load and starts again loses nothing',
  async () => {
    const own = await ownPostgres()
    ends.push(() => own.end())
    const server = await start(own.url)
    await pushThrough(server, (push) => (push === 5 || push === 12 ? own.crashAndRestart() : undefined))
  },
)
