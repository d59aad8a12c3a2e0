import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningServer, startServer } from '../start-server.ts'
import { freshPostgres, person, postgresAnswers } from '../testing/both-databases.ts'

const limits = { token: 1e6, address: 1e6, attempts: 1e6 }

/** Comes back once as many statements wait for a lock. */
async function waitingForLocks(client: pg.Client, count: number): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ waiting: string }>(
      `SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
    if (Number(rows[0]?.waiting) >= count) return
  }
}

let fresh: Awaited<ReturnType<typeof freshPostgres>>
let servers: readonly [RunningServer, RunningServer]
let holder: pg.Client
let watcher: pg.Client
const answers = await postgresAnswers()
beforeEach(async () => {
  if (!answers) return
  fresh = await freshPostgres()
  const start = () => startServer({ databaseUrl: fresh.url, limits })
  servers = [await start(), await start()]
  holder = new pg.Client({ connectionString: fresh.url })
  watcher = new pg.Client({ connectionString: fresh.url })
  await Promise.all([holder.connect(), watcher.connect()])
})
afterEach(async () => {
  if (!answers) return
  await Promise.all([holder.end(), watcher.end(), ...servers.map((server) => server.close())])
  await fresh.drop()
})

/** The number that an issue brings is written after its event: this holds a push between the two. */
const hold = (table: 'issue_numbers' | 'members' = 'issue_numbers') =>
  holder.query(`BEGIN; LOCK TABLE ${table} IN EXCLUSIVE MODE`)
const letGo = () => holder.query('COMMIT')

describe.skipIf(!answers)('on Postgres with two servers', () => {
  it('a push that is held open keeps the later ones back, through whichever server they come: nobody sees the second without the first', async () => {
    const [one, two] = servers
    const { workspaceId, code } = await one.admin.createWorkspace('Team')
    const slow = await person(one, code)
    const fast = await person(two, (await one.admin.invite(workspaceId)).code)
    const first = slow.chain.add({ number: 1 })
    await hold()
    const firstPush = slow.push(slow.chain.after(0))
    await waitingForLocks(watcher, 1)
    // The second one needs no number, and would be done long before.
    const payload = { commentId: uuidv7(), body: 'Later' }
    const later = fast.chain.add({ type: 'commented', schemaVersion: 1, payload })
    const secondPush = fast.push(fast.chain.after(0))
    await waitingForLocks(watcher, 2)
    expect(await fast.pullAll()).toEqual([])
    await letGo()
    const statuses = (await Promise.all([firstPush, secondPush])).map(({ status }) => status)
    expect(statuses).toEqual([200, 200])
    expect((await fast.pullAll()).map(({ event }) => event.id)).toEqual([first.id, later.id])
  })

  it('a push that waits while its member is removed, or made a reader, is not taken any more', async () => {
    const [one, two] = servers
    for (const [change, status, code] of [
      [{ method: 'DELETE' }, 401, 'unauthorized'],
      [{ method: 'PATCH', body: { role: 'reader' } }, 403, 'forbidden'],
    ] as const) {
      const { workspaceId, code: invite } = await one.admin.createWorkspace('Team')
      const owner = await person(one, invite)
      const ben = await person(two, (await one.admin.invite(workspaceId)).code)
      ben.chain.add({ number: 2 })
      // The change has the workspace, and can't be written yet: the push waits for it, whatever order Postgres wakes its waiters in.
      await hold('members')
      const changed = owner.ask(`/members/${ben.joined.member.id}`, change)
      await waitingForLocks(watcher, 1)
      const late = ben.push(ben.chain.after(0))
      await waitingForLocks(watcher, 2)
      await letGo()
      expect((await changed).status).toBe(200)
      expect(await late).toMatchObject({ status, body: { error: { code } } })
      expect(await owner.pullAll()).toEqual([])
    }
  })

  it('a database that is restored under a running server has no place of the server’s chain written twice', async () => {
    const [one] = servers
    const { code } = await one.admin.createWorkspace('Team')
    const owner = await person(one, code)
    for (let n = 0; n < 3; n++) owner.chain.add()
    const numbered = async () =>
      (await owner.pullAll()).filter(({ event }) => event.type === 'numbered').map(({ chain }) => chain)
    const { rows: before } = await holder.query('SELECT last_mark FROM workspaces')
    await owner.push(owner.chain.after(0))
    const [first] = await numbered()
    await holder.query('DELETE FROM events; DELETE FROM chains; DELETE FROM issue_numbers')
    await holder.query('UPDATE workspaces SET last_seq = 0, last_number = 0, last_mark = $1', [
      before[0].last_mark,
    ])
    expect((await owner.push(owner.chain.after(0))).body).toMatchObject({ stored: 3, cursor: { seq: 6 } })
    const [second] = await numbered()
    expect(second).not.toBe(first)
    const all = await owner.pullAll()
    const places = all.flatMap(({ chain, event }) => (chain === second ? event.replicaSeq : []))
    expect(places).toEqual([1, 2, 3])
  })
})
