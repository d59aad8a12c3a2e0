import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { newReplica } from '#app/sync/testing/replica.ts'
import { serverClient } from '#inboxes/sync/server/server-client.ts'
import { type RunningServer, startServer } from '../start-server.ts'
import { freshPostgres, type Person, person, postgresAnswers } from '../testing/both-databases.ts'

describe.skipIf(!(await postgresAnswers()))('on Postgres, while a push is held open', () => {
  let fresh: Awaited<ReturnType<typeof freshPostgres>>
  let server: RunningServer
  let holder: pg.Client
  let owner: Person
  let ben: Person
  beforeEach(async () => {
    fresh = await freshPostgres()
    server = await startServer({ databaseUrl: fresh.url })
    holder = new pg.Client({ connectionString: fresh.url })
    await holder.connect()
    const { workspaceId, code: invite } = await server.admin.createWorkspace('Team')
    owner = await person(server, invite)
    ben = await person(server, (await server.admin.invite(workspaceId)).code)
  })
  afterEach(async () => {
    await holder.end()
    await server.close()
    await fresh.drop()
  })

  /** Lets a push come as far as its numbers: its events are written then, and not committed. */
  async function hold(): Promise<void> {
    await holder.query('BEGIN')
    await holder.query('LOCK TABLE issue_numbers IN SHARE MODE')
  }
  /** The connections that wait for a lock, the longest first. */
  const waiting = async (): Promise<readonly number[]> => {
    // Postgres shows one transaction the same picture all the time.
    await holder.query('SELECT pg_stat_clear_snapshot()')
    const { rows } = await holder.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' ORDER BY xact_start`,
    )
    return rows.map(({ pid }) => pid)
  }
  const waitingForTheirTurn = async (): Promise<number> => {
    const text = await (await fetch(`${server.url}/metrics`)).text()
    return Number(/^docket_database_waiting\{for="turn"\} (\d+)$/m.exec(text)?.[1])
  }
  const until = (count: number) => vi.waitFor(async () => expect(await waiting()).toHaveLength(count), 20_000)

  it('the same push at the same time from two connections is stored once', async () => {
    for (let n = 1; n <= 3; n++) owner.chain.add({ number: n })
    await hold()
    const pushes = [owner.push(owner.chain.after(0)), owner.push(owner.chain.after(0))]
    // The second one waits for its turn, which takes no connection.
    await until(1)
    await vi.waitFor(async () => expect(await waitingForTheirTurn()).toBe(1))
    await holder.query('COMMIT')
    for (const { body } of await Promise.all(pushes))
      expect(body).toMatchObject({ stored: 3, cursor: { seq: 3 } })
    expect(await ben.pullAll()).toHaveLength(3)
  })

  it('a connection that is ended in the middle of a push stores nothing of it, and all is well after', async () => {
    const client = serverClient({ url: server.url, token: owner.joined.token })
    const at = client.workspace(owner.joined.workspaceId)
    const replica = newReplica('Olga', owner.joined.member.id, owner.joined.historyId)
    const issueId = uuidv7()
    replica.execute({ type: 'create', issueId, title: 'One' })
    await hold()
    const lost = replica.sync(at)
    await until(1)
    ben.chain.add({ type: 'viewed', schemaVersion: 1, payload: {} })
    const next = ben.push(ben.chain.after(0))
    await vi.waitFor(async () => expect(await waitingForTheirTurn()).toBe(1))
    await holder.query('SELECT pg_terminate_backend($1)', [(await waiting())[0]])
    expect(await lost).toMatchObject({
      ok: false,
      error: { code: 'unavailable', retryable: true },
    })
    expect((await next).status).toBe(200)
    expect((await ben.pullAll()).map(({ chain }) => chain)).toEqual([ben.chain.replicaId])
    await holder.query('COMMIT')
    // Twice: what is pushed gets its number, which is pulled.
    for (let round = 0; round < 2; round++) expect(await replica.sync(at)).toMatchObject({ ok: true })
    expect(replica.workspace.log.issue(issueId).number).toBe(1)
    replica.check()
    replica.close()
    await at.close()
  })

  it('a server that ends answers the push that is under way first, and takes no other', async () => {
    owner.chain.add({ number: 1 })
    await hold()
    const pushing = owner.push(owner.chain.after(0))
    await until(1)
    const closing = server.close()
    await expect(ben.ask('/team')).rejects.toThrow()
    await holder.query('COMMIT')
    expect((await pushing).body).toMatchObject({ stored: 1 })
    await closing
    const again = await startServer({ databaseUrl: fresh.url })
    const { rows } = await holder.query('SELECT seq FROM events')
    expect(rows).toHaveLength(1)
    await again.close()
  })
})
