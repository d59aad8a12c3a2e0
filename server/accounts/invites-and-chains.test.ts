import { v7 as uuidv7 } from 'uuid'
import { expect, it } from 'vitest'
import { newReplica } from '#app/sync/testing/replica.ts'
import { chainReader } from '#db/log/read/chain-reader.ts'
import { ask, onBothDatabases, person } from '../testing/both-databases.ts'

const hourMillis = 3_600_000
let skippedMillis = 0
const code = (answer: { body: Record<string, unknown> }) => (answer.body.error as { code?: string })?.code

onBothDatabases(
  'invites, and chains of real workspaces',
  (around) => {
    it('of many who take one invite at the same time, one gets in', async () => {
      const { server } = around()
      const { workspaceId, owner } = await around().team()
      const { code: invite } = await server.admin.invite(workspaceId)
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, n) =>
          ask(server, '/v1/join', {
            body: {
              code: invite,
              device: { name: `Laptop ${n}` },
              member: { id: uuidv7(), name: `Guest ${n}` },
              historyId: uuidv7(),
            },
          }),
        ),
      )
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 410, 410, 410, 410, 410])
      const { body } = await owner.ask('/team')
      expect(body.members).toHaveLength(2)
      expect(body.devices).toHaveLength(2)
    })

    it('a join that is refused for its body leaves the invite as it was', async () => {
      const { server } = around()
      const { workspaceId } = await around().team()
      const { code: invite } = await server.admin.invite(workspaceId)
      const { status } = await ask(server, '/v1/join', { body: { code: invite, device: { name: '' } } })
      expect(status).toBe(400)
      expect((await person(server, invite)).joined.workspaceId).toBe(workspaceId)
    })

    it('an invite is good for its hours, and no longer; the team is shown those that still are', async () => {
      const { server } = around()
      const { workspaceId, owner } = await around().team()
      const short = await server.admin.invite(workspaceId, { hours: 1 })
      const long = await server.admin.invite(workspaceId, { hours: 2 })
      skippedMillis = hourMillis + 1_000
      try {
        await expect(person(server, short.code)).rejects.toThrow(/invite_unusable/)
        const { body } = await owner.ask('/team')
        expect((body.invites as { id: string }[]).map(({ id }) => id)).toEqual([long.id])
        expect((await person(server, long.code)).joined.member.role).toBe('member')
      } finally {
        skippedMillis = 0
      }
    })

    it('an invite of a device is void once its member is out', async () => {
      const { server } = around()
      const { owner, invite } = await around().team()
      const ben = await invite()
      const { body } = await ben.ask('/invites', { body: { memberId: ben.joined.member.id } })
      await owner.ask(`/members/${ben.joined.member.id}`, { method: 'DELETE' })
      await expect(person(server, String(body.code))).rejects.toThrow(/invite_unusable/)
    })

    it('a name that a device went by before is nobody else’s', async () => {
      const { server } = around()
      const { workspaceId, owner, invite } = await around().team()
      const before = uuidv7()
      const { code: further } = await server.admin.invite(workspaceId, { memberId: owner.joined.member.id })
      await person(server, further, { id: before })
      const ben = await invite()
      const forged = { actorId: before, number: 1 }
      ben.chain.add(forged)
      expect(code(await ben.push(ben.chain.after(0)))).toBe('forged_actor')
    })

    it('what a workspace recorded arrives byte for byte, in pieces of any size', async () => {
      const { owner, invite } = await around().team()
      const ben = await invite()
      const replica = newReplica('Olga', owner.joined.member.id, owner.joined.historyId)
      const { workspace } = replica
      for (let n = 0; n < 6; n++) {
        const issueId = uuidv7()
        expect(
          replica.execute({ type: 'create', issueId, title: `Größe ${n} 🙂 "quoted" \\ slashed` }).ok,
        ).toBe(true)
        expect(replica.execute({ type: 'change_title', issueId, title: `Anders ${n}` }).ok).toBe(true)
        expect(
          replica.execute({ type: 'comment', issueId, commentId: uuidv7(), body: 'x\n'.repeat(400) }).ok,
        ).toBe(true)
      }
      const chains = chainReader(workspace.database, workspace.log.streamIds)
      const own = chains.ends().find(({ ours, seq }) => ours && seq > 0)
      if (!own) throw new Error('the workspace has no chain')
      const whole = chains.page(own.chain, 0, 1_000, 1e9)
      expect(whole.length).toBeGreaterThan(18)
      for (let after = 0; after < whole.length; ) {
        const { status, body } = await owner.push({
          chain: own.chain,
          replicaId: own.replicaId,
          after,
          prevHash: chains.hashAt(own.chain, after),
          events: chains.page(own.chain, after, 5, 2_000),
        })
        expect([status, body.error]).toEqual([200, undefined])
        after = Number(body.stored)
      }
      const got = (await ben.pullAll({ bytes: '2000' })).filter(({ chain }) => chain === own.chain)
      expect(got.map(({ event }) => event)).toEqual(whole)
      replica.close()
    })
  },
  { now: () => Date.now() + skippedMillis },
)
