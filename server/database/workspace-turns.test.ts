import fc from 'fast-check'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { ServerRefusal } from '../http/refusal.ts'
import { startServer } from '../start-server.ts'
import { ask, freshPostgres, type Person, person, postgresAnswers } from '../testing/both-databases.ts'
import { turns } from './workspace-turns.ts'

const bounds = { ofOne: 1, all: 3, mostWaiting: 1_000, longestWaitMillis: 60_000 }

it('work of one workspace runs one after the other in its order, of all no more than may, and nothing is left out', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { maxLength: 40 }), async (list) => {
      const turn = turns(bounds)
      const running = new Map<number, number>()
      const begun = new Map<number, number[]>()
      await Promise.all(
        list.map(([workspace, pauses], n) =>
          turn.run(String(workspace), async () => {
            running.set(workspace, (running.get(workspace) ?? 0) + 1)
            begun.set(workspace, [...(begun.get(workspace) ?? []), n])
            expect(running.get(workspace)).toBe(1)
            expect([...running.values()].reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(bounds.all)
            for (let pause = 0; pause < pauses; pause++) await new Promise((resolve) => setImmediate(resolve))
            running.set(workspace, 0)
          }),
        ),
      )
      expect([...begun.values()].flat()).toHaveLength(list.length)
      for (const order of begun.values()) expect(order).toEqual([...order].sort((a, b) => a - b))
      expect(turn.waiting).toBe(0)
    }),
  )
})

it('a workspace that hangs holds its own up, up to a bound, and none of 500 others', async () => {
  const turn = turns({ ...bounds, mostWaiting: 5 })
  const hangs = Promise.withResolvers<void>()
  const stuck = turn.run('stuck', () => hangs.promise)
  const behind = Array.from({ length: 5 }, () => turn.run('stuck', async () => 'late'))
  const refused = await turn.run('stuck', async () => {}).catch((error) => error)
  expect(refused).toBeInstanceOf(ServerRefusal)
  expect(refused).toMatchObject({ code: 'unavailable', retryAfterSeconds: expect.any(Number) })
  const others = Array.from({ length: 500 }, (_, n) => turn.run(`other ${n}`, async () => n))
  expect(await Promise.all(others)).toHaveLength(500)
  hangs.resolve()
  await stuck
  expect(await Promise.all(behind)).toEqual(Array(5).fill('late'))
})

it('who waits too long is refused, and what is behind them goes on', async () => {
  const turn = turns({ ...bounds, longestWaitMillis: 20 })
  const hangs = Promise.withResolvers<void>()
  const stuck = turn.run('stuck', () => hangs.promise)
  await expect(turn.run('stuck', async () => {})).rejects.toMatchObject({ code: 'unavailable' })
  expect(turn.waiting).toBe(0)
  hangs.resolve()
  await stuck
  expect(await turn.run('stuck', async () => 'again')).toBe('again')
})

describe.skipIf(!(await postgresAnswers()))(
  'on Postgres, where somebody holds the lock of one of 500 workspaces',
  () => {
    it('the others push, pull and join as ever, and those who wait for it are told when to come back', async () => {
      const fresh = await freshPostgres()
      const holder = new pg.Client({ connectionString: fresh.url })
      const server = await startServer({
        databaseUrl: fresh.url,
        pool: 4,
        limits: { token: 1e6, address: 1e6, attempts: 1e6 },
        streams: { all: 10 },
      })
      try {
        const make = async (): Promise<Person> =>
          person(server, (await server.admin.createWorkspace('Team')).code)
        const [stuck, ...others] = (await Promise.all(Array.from({ length: 12 }, make))) as [
          Person,
          ...Person[],
        ]
        await holder.connect()
        // The rest of the 500 are there, and nobody asks about them.
        await holder.query(
          `INSERT INTO workspaces (id, name, created_at, last_mark, secret)
         SELECT gen_random_uuid(), 'Team', 0, '', '' FROM generate_series(1, 488)`,
        )
        await holder.query('BEGIN')
        await holder.query('SELECT 1 FROM workspaces WHERE id = $1 FOR UPDATE', [stuck.joined.workspaceId])
        stuck.chain.add({ number: 1 })
        // Many more than there are connections, and than may wait.
        const waiting = Array.from({ length: 80 }, () => stuck.push(stuck.chain.after(0)))
        const first = await Promise.race(waiting)
        expect([first.status, first.body]).toMatchObject([503, { error: { code: 'unavailable' } }])
        expect(Number(first.headers.get('retry-after'))).toBeGreaterThan(0)
        for (const other of others) {
          other.chain.add({ number: 1 })
          expect((await other.push(other.chain.after(0))).status).toBe(200)
          expect((await other.pullAll()).length).toBe(1)
        }
        expect((await make()).joined.token).toBeTruthy()
        // What only reads is not held up by it either.
        expect(await stuck.pullAll()).toEqual([])
        const metrics = String((await ask(server, '/metrics')).body)
        expect(Number(/docket_database_waiting\{for="turn"\} (\d+)/.exec(metrics)?.[1])).toBeGreaterThan(0)
        await holder.query('ROLLBACK')
        const statuses = (await Promise.all(waiting)).map(({ status }) => status)
        expect(new Set(statuses)).toEqual(new Set([200, 503]))
        expect((await stuck.push(stuck.chain.after(0))).body).toMatchObject({ stored: 1 })
      } finally {
        await holder.end()
        await server.close()
        await fresh.drop()
      }
    }, 120_000)
  },
)
