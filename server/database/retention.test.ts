import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { expect, it } from 'vitest'
import type { Joined } from '#contract/sync-api/team.ts'
import { accounts } from '../accounts/accounts.ts'
import { freshPostgres, postgresAnswers } from '../testing/both-databases.ts'
import { openServerDatabase } from './open-database.ts'
import { keepSwept, type Swept } from './retention.ts'
import { devices, digests, invites, members } from './schema.ts'

const dayMillis = 86_400_000

async function goesAfterItsDays(at: { data: string } | { databaseUrl: string }): Promise<void> {
  const database = await openServerDatabase({ at })
  let today = Date.now()
  const now = () => today
  const people = accounts(database, now)
  const sweep = async (): Promise<Swept> => {
    const swept = Promise.withResolvers<Swept>()
    const end = keepSwept({
      database,
      keepDays: 90,
      now,
      onSwept: swept.resolve,
      onTrouble: swept.reject,
    })
    const taken = await swept.promise
    await end()
    return taken
  }
  const join = (code: string): Promise<Joined> => {
    const member = { id: uuidv7(), name: 'Somebody' }
    return people.join({ code, device: { name: 'Laptop' }, member, historyId: uuidv7() })
  }
  try {
    const { workspaceId, code } = await people.createWorkspace('Team')
    const owner = await join(code)
    const invited = await people.invite(workspaceId, { role: 'member', hours: 72 })
    const ben = await join(invited.code)
    await people.invite(workspaceId, { role: 'member', hours: 1 })
    const caller = {
      workspaceId,
      deviceId: owner.deviceId,
      memberId: owner.member.id,
      role: 'owner' as const,
    }
    await people.reportDigest(caller, {
      chain: owner.deviceId,
      seq: 0,
      digest: 'a'.repeat(64),
      events: 0,
    })
    await people.putEvidence(caller, owner.deviceId, Buffer.from('trail'))
    await people.removeMember(workspaceId, ben.member.id)
    today += 60 * dayMillis
    expect(await sweep()).toEqual({ invites: 0, devices: 0, evidence: 0 })
    const fresh = await people.invite(workspaceId, { role: 'member', hours: 72 })
    today += 40 * dayMillis - 73 * 3_600_000
    expect(await sweep()).toMatchObject({ devices: 1, evidence: 1 })
    today += 70 * 3_600_000
    await sweep()
    expect((await database.orm.select().from(invites)).map(({ id }) => id)).toEqual([fresh.id])
    expect((await database.orm.select().from(devices)).map(({ id }) => id)).toEqual([owner.deviceId])
    expect(await database.orm.select().from(digests)).toMatchObject([
      { deviceId: owner.deviceId, evidence: null },
    ])
    // Who was here is history.
    expect(await database.orm.select().from(members)).toHaveLength(2)
    expect(await people.callerOf(ben.token)).toBeUndefined()
    expect(await people.callerOf(owner.token)).toMatchObject({ memberId: owner.member.id })
  } finally {
    await database.close()
  }
}

it('what nobody can use any more goes after its days, and history stays: on PGlite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'docket-retention-'))
  await goesAfterItsDays({ data: join(folder, 'database') })
  rmSync(folder, { recursive: true, force: true })
})

it.skipIf(!(await postgresAnswers()))('on Postgres', async () => {
  const fresh = await freshPostgres()
  await goesAfterItsDays({ databaseUrl: fresh.url })
  await fresh.drop()
})
