import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SyncView } from '#contract/answers/sync-answers.ts'
import { parseInvite } from '#contract/invite-text.ts'
import { inboxDatabaseFile, openInboxDatabase } from '#inboxes/store/open-store.ts'
import { type RunningServer, startServer } from '#server/start-server.ts'
import { freshPostgres, postgresAnswers } from '#server/testing/both-databases.ts'
import { docket } from '../../src/cli/testing/run-docket.ts'
import { digestOf, frozenStates, thaw } from './frozen.ts'

const onPostgres = await postgresAnswers()
/** Two dozen commands in processes of their own, on a machine that may have much else to do. */
const patienceMillis = 300_000
const limits = { token: 1e6, address: 1e6, attempts: 1e6 }
/** Nobody could take an invite of then today. */
const moveInvites = `UPDATE invites SET expires_at = ${Date.now() + 3_600_000} WHERE used_at IS NULL`

describe.each(frozenStates)('the servers that $name made', (state) => {
  let thawed: ReturnType<typeof thaw>
  let ending: (() => Promise<void>)[]
  beforeEach(() => {
    thawed = thaw(state)
    ending = []
  })
  afterEach(async () => {
    for (const end of ending.reverse()) await end()
    thawed.remove()
  })

  async function serve(where: { data: string } | { databaseUrl: string }): Promise<RunningServer> {
    const server = await startServer({ ...where, limits })
    ending.push(() => server.close())
    return server
  }

  async function run(folder: string, args: readonly string[], input = ''): Promise<string> {
    const env = { XDG_CONFIG_HOME: thawed.config }
    const { code, stdout, stderr } = await docket([...args, '--workspace', folder], { input, env })
    // What it says of the folder's rights is of no interest here.
    expect({ args, code, stderr }).toMatchObject({ args, code: 0 })
    return stdout
  }
  const now = async (folder: string) => JSON.parse(await run(folder, ['sync', 'now', '--json'])) as SyncView

  async function joined(server: RunningServer, member: string, invite: string): Promise<string> {
    const folder = join(thawed.root, `${member} ${parseInvite(invite)?.workspaceId}`)
    await run(folder, ['init', '--member', member])
    await run(folder, ['sync', 'join', server.url, '--invite', '-'], invite)
    await now(folder)
    return folder
  }

  /** A copy of then, whose server is at another address today. */
  function moved(what: string, server: RunningServer): string {
    const folder = thawed.folder(what)
    const inboxDatabase = openInboxDatabase(inboxDatabaseFile(folder))
    if (!inboxDatabase.ok) throw new Error(inboxDatabase.error.message)
    const move = `UPDATE inboxes SET settings = json_set(settings, '$.url', ?) WHERE name = 'sync'`
    inboxDatabase.value.client.prepare(move).run(server.url)
    inboxDatabase.value.client.close()
    return folder
  }

  /** What a team of then can do today: copies go on, the open invite is taken, and all fold to the same. */
  async function goesOn(what: string, server: RunningServer): Promise<void> {
    const { invite, encrypted, url } = state.teams[what] as (typeof state.teams)[string]
    expect(parseInvite(invite)).toMatchObject({ url })
    const copies = Object.entries(state.workspaces).filter(([, { team }]) => team === what)
    const folders = copies.map(([name]) => moved(name, server))
    const [olga = '', ben = ''] = folders
    const before = digestOf(olga)
    for (const folder of folders) {
      expect(await now(folder)).toMatchObject({ state: 'up_to_date', encrypted })
      expect(digestOf(folder)).toBe(before)
    }
    if (!encrypted) {
      const workspaceId = parseInvite(invite)?.workspaceId ?? ''
      const reader = await server.admin.invite(workspaceId, { role: 'reader' })
      // A reader adds nothing of their own: what the server has comes to what everybody had then.
      expect(digestOf(await joined(server, 'Rita', reader.text))).toBe(before)
    }
    const fay = await joined(server, 'Fay', invite)
    await run(fay, ['new', 'Written by somebody who joined today'])
    await run(ben, ['comment', 'ICE-1', 'Written today'])
    for (const folder of [fay, ben, fay, olga]) await now(folder)
    expect([digestOf(ben), digestOf(fay)]).toEqual([digestOf(olga), digestOf(olga)])
    expect(await run(olga, ['list', 'joined'])).toContain('Written by somebody who joined today')
  }

  it(
    'PGlite’s directory opens: the teams go on, plain and encrypted, and the open invites can be taken',
    async () => {
      const data = thawed.folder('server-pglite')
      const database = await PGlite.create(join(data, 'database'))
      await database.exec(moveInvites)
      await database.close()
      const server = await serve({ data })
      expect(await server.admin.workspaces()).toHaveLength(2)
      await Promise.all([goesOn('open', server), goesOn('sealed', server)])
    },
    patienceMillis,
  )

  it(
    `Postgres’ tables open${onPostgres ? '' : ', here on PGlite'}: the team goes on, and the open invite can be taken`,
    async () => {
      const statements = `${thawed.postgres()};\n${moveInvites.replace('invites', 'public.invites')}`
      if (!onPostgres) {
        const data = join(thawed.root, 'server')
        const database = await PGlite.create(join(data, 'database'))
        await database.exec(statements)
        await database.close()
        return await goesOn('postgres', await serve({ data }))
      }
      const fresh = await freshPostgres()
      ending.push(() => fresh.drop())
      const client = new pg.Client({ connectionString: fresh.url })
      await client.connect()
      await client.query(statements)
      await client.end()
      await goesOn('postgres', await serve({ databaseUrl: fresh.url }))
    },
    patienceMillis,
  )
})
