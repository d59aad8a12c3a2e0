import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { serverClient, type WorkspaceClient } from '#inboxes/sync/server/server-client.ts'
import { freshPostgres, postgresAnswers } from '#server/testing/both-databases.ts'
import { network } from './testing/network.ts'
import { newReplica } from './testing/replica.ts'
import { anySchedule, playSchedule, type Schedule } from './testing/schedules.ts'
import { joinAs, type ServerProcess, serverProcess } from './testing/server-process.ts'

/** `DOCKET_REAL_SCHEDULES` asks for more. */
const schedules = Number(process.env.DOCKET_REAL_SCHEDULES ?? 4)
const seed = Number(process.env.DOCKET_TEST_SEED ?? Date.now() % 1_000_000)
const patience = 300_000
const hasPostgres = await postgresAnswers()

/** One schedule in a workspace of its own; the server is killed (-9) where the model's comes back as an earlier one. */
async function play(schedule: Schedule, server: ServerProcess): Promise<void> {
  const skew = Array.from({ length: schedule.count }, () => 0)
  const made = await server.createWorkspace('Team')
  const replicas: ReturnType<typeof newReplica>[] = []
  const clients: WorkspaceClient[] = []
  try {
    for (const at of skew.keys()) {
      const name = `Member ${at}`
      const invite = at === 0 ? made.invite : await server.invite(made.workspaceId)
      const { token, workspaceId, historyId, member } = await joinAs(server.url, invite, {
        id: uuidv7(),
        name,
      })
      clients.push(serverClient({ url: server.url, token }).workspace(workspaceId))
      replicas.push(newReplica(name, member.id, historyId, () => Date.now() + (skew[at] as number)))
    }
    await playSchedule(schedule, {
      replicas,
      skew,
      network: network(),
      server: (at) => clients[at] as WorkspaceClient,
      strikeServer: server.kill,
    })
  } finally {
    for (const replica of replicas) replica.close()
    for (const client of clients) await client.close()
  }
}

/** At least one disaster of the server in each. */
const drawn = fc.sample(anySchedule, { numRuns: schedules, seed }).map(({ steps, ...rest }, n): Schedule => {
  const at = (n * 7) % steps.length
  return { ...rest, steps: [...steps.slice(0, at), { do: 'server_disaster' }, ...steps.slice(at)] }
})

describe.each([
  ['PGlite', true],
  ['PostgreSQL', hasPostgres],
])('a real server on %s', (kind, there) => {
  it.skipIf(!there)(
    `${schedules} schedules (seed ${seed}) with kill -9 end with equal states and feeds and nothing lost`,
    async () => {
      const data = mkdtempSync(join(tmpdir(), 'docket-schedules-'))
      const database = kind === 'PostgreSQL' ? await freshPostgres() : undefined
      const server = await serverProcess(data, database?.url)
      try {
        for (const schedule of drawn) await play(schedule, server)
        expect(drawn).toHaveLength(schedules)
      } finally {
        await server.stop()
        await database?.drop()
        rmSync(data, { recursive: true, force: true })
      }
    },
    patience,
  )
})
