import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newReplica, type Replica } from '#app/sync/testing/replica.ts'
import type { Hello, HelloRequest } from '#contract/sync-api/hello.ts'
import type { RoundServer } from '#inboxes/sync/round/round-types.ts'
import { serverClient, type WorkspaceClient } from '#inboxes/sync/server/server-client.ts'
import { newCopy } from '../inboxes/sync/testing/copy.ts'
import { doorTo } from '../inboxes/sync/testing/door.ts'
import { type RunningServer, startServer } from './start-server.ts'
import { freshPostgres, person, postgresAnswers } from './testing/both-databases.ts'

// Every start of a server that gives a number begins a chain of the server's own.

const limits = { token: 1e6, address: 1e6, attempts: 1e6 }
const answers = await postgresAnswers()

describe.each([
  ['PGlite', 6],
  ['Postgres', 48],
] as const)('on %s', (kind, starts) => {
  let where: { readonly data: string } | { readonly databaseUrl: string }
  let server: RunningServer
  let port: number
  const ends: (() => unknown)[] = []
  beforeEach(async () => {
    if (kind === 'Postgres' && !answers) return
    const folder = mkdtempSync(join(tmpdir(), 'docket-many-starts-'))
    ends.push(() => rmSync(folder, { recursive: true, force: true }))
    const fresh = kind === 'Postgres' ? await freshPostgres() : undefined
    if (fresh) ends.push(() => fresh.drop())
    where = fresh ? { databaseUrl: fresh.url } : { data: join(folder, 'data') }
    server = await startServer({ ...where, limits })
    port = server.port
    ends.push(() => server.close())
  })
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })
  async function startAgain(): Promise<void> {
    await server.close()
    server = await startServer({ ...where, port, limits })
  }

  type Mate = { readonly replica: Replica; readonly client: WorkspaceClient }
  async function mate(name: string, code: string): Promise<Mate> {
    const { joined } = await person(server, code, { name })
    const replica = newReplica(name, joined.member.id, joined.historyId)
    const client = serverClient({ url: server.url, token: joined.token }).workspace(joined.workspaceId)
    ends.push(
      () => replica.close(),
      () => client.close(),
    )
    return { replica, client }
  }
  type Greeting = { readonly asked: HelloRequest; readonly answer: Hello }
  /** Brings a copy and the server to the same. @returns its greetings as they went over the line. */
  async function synced(
    { replica, client }: Mate,
    change: (server: RoundServer) => RoundServer = (same) => same,
  ): Promise<readonly Greeting[]> {
    const greetings: Greeting[] = []
    const heard: RoundServer = {
      ...client,
      async hello(asked) {
        const answer = await client.hello(asked)
        if (answer.ok) greetings.push({ asked, answer: answer.value })
        return answer
      },
    }
    for (let round = 0; round < 2; round++)
      expect(await replica.sync(change(heard))).toMatchObject({ ok: true })
    return greetings
  }
  const record = ({ replica }: Mate): void => {
    const made = replica.execute({ type: 'create', issueId: uuidv7(), title: 'One more' })
    expect(made).toMatchObject({ ok: true })
  }
  const bytes = (greetings: readonly Greeting[]): number => JSON.stringify(greetings.at(-1)).length

  it.skipIf(kind === 'Postgres' && !answers)(
    'a greeting does not grow with the starts of the server, whoever is older than whom',
    { timeout: 180_000 },
    async () => {
      const { workspaceId, code } = await server.admin.createWorkspace('Team')
      const ada = await mate('Ada', code)
      const ben = await mate('Ben', (await server.admin.invite(workspaceId, {})).code)
      /** A Docket of before: it says what it has, and no more. */
      const ofBefore = (same: RoundServer): RoundServer => ({
        ...same,
        hello: ({ finished: _, ...asked }) => same.hello(asked),
      })
      const sizes: number[] = []
      for (let start = 0; start < starts; start++) {
        if (start > 0) await startAgain()
        record(ada)
        await synced(ada)
        // The next greeting goes by what the round before brought here.
        sizes.push(bytes(await synced(ada)))
        await synced(ben, ofBefore)
      }
      expect(sizes.at(-1)).toBeLessThan((sizes[2] as number) + 100)
      const before = (await synced(ben, ofBefore)).at(-1) as Greeting
      expect(before.answer.serverChains).toHaveLength(starts)
      expect(before.answer.chains.length).toBeGreaterThan(starts)
      expect(ben.replica.digest()).toBe(ada.replica.digest())

      const [lastOfAda] = (await synced(ada)).slice(-1) as [Greeting]
      expect(lastOfAda.answer.finished).toBe(starts - 1)
      expect(lastOfAda.asked.finished?.count).toBe(starts - 1)

      // Exchanged for an older server, it is told nothing that that one refuses.
      const refused: string[] = []
      const older = (same: RoundServer): RoundServer => ({
        ...same,
        async hello(asked) {
          if (asked.finished) {
            refused.push('finished')
            return {
              ok: false,
              error: { retryable: false, code: 'invalid_request', message: 'Unrecognized key' },
            }
          }
          const answer = await same.hello(asked)
          return answer.ok ? { ok: true, value: { ...answer.value, understands: [] } } : answer
        },
      })
      record(ada)
      await synced(ada, older)
      expect(refused).toEqual(['finished'])
      await synced(ben)
      expect(ben.replica.digest()).toBe(ada.replica.digest())

      // A copy that joins is told all once, and remembers in its folder what the server understands.
      const door = await doorTo(() => server.url)
      ends.push(() => door.close())
      const greetings: Hello[] = []
      door.change('hello', (body) => {
        greetings.push(body as unknown as Hello)
        return body
      })
      const { code: another } = await server.admin.invite(workspaceId, {})
      const cyd = await newCopy({ url: door.url, code: another, name: 'Cyd' })
      ends.push(() => cyd.close())
      await cyd.begin()
      await cyd.engine.now()
      await cyd.until({ state: 'up_to_date', unpushed: 0 })
      expect(greetings[0]?.finished).toBeUndefined()
      expect(greetings.at(-1)?.finished).toBe(starts - 1)
      expect(cyd.engine.view().ahead).toBe(0)
    },
  )
})
