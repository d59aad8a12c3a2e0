import { v7 as uuidv7 } from 'uuid'
import { expect, it } from 'vitest'
import { newReplica, type Replica } from '#app/sync/testing/replica.ts'
import { hlcMillis, ticksPerMilli } from '#core/events/event-order.ts'
import { firstInstant, lastInstant } from '#core/time/instant.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { serverClient } from '#inboxes/sync/server/server-client.ts'
import { type Asked, onBothDatabases, type Person, person } from '../testing/both-databases.ts'
import { type Making, madeChain } from '../testing/made-chain.ts'

const code = (answer: Asked) => (answer.body.error as { code?: string })?.code
const automation = { triggeredBy: 'automation', rule: uuidv7() }

/** What a server says to one event as the first of a chain of its own. */
async function answerTo(of: Person, making: Making): Promise<string | number> {
  const chain = madeChain(of.joined.member.id)
  chain.add({ number: 1, ...making })
  const answer = await of.push(chain.after(0))
  return code(answer) ?? answer.status
}

onBothDatabases('what a member with a program of their own tries', (around) => {
  /** A real copy takes in whatever the server has. */
  async function takesIn(of: Person): Promise<Replica> {
    const replica = newReplica('Copy', of.joined.member.id, of.joined.historyId)
    const { token, workspaceId } = of.joined
    const client = serverClient({ url: around().server.url, token }).workspace(workspaceId)
    expect(await replica.sync(client)).toMatchObject({ ok: true })
    await client.close()
    return replica
  }

  it('nobody takes the place of somebody else’s event, and what a rule records may be recorded twice', async () => {
    const { owner, invite } = await around().team()
    const ben = await invite()
    const issue = owner.chain.add({ number: 1 })
    const { streamId } = issue
    const comment = owner.chain.add({
      type: 'commented',
      schemaVersion: 2,
      streamId,
      payload: { commentId: uuidv7(), body: 'Ship it' },
    })
    const byRule: Making = {
      type: 'priority_changed',
      schemaVersion: 2,
      streamId,
      id: deriveId('rule', 'occasion'),
      payload: { from: 'none', to: 'high' },
      about: automation,
    }
    owner.chain.add(byRule)
    expect((await owner.push(owner.chain.after(0))).status).toBe(200)

    const earlier = { hlc: issue.hlc - 60_000 * ticksPerMilli }
    const words = { commentId: uuidv7(), body: 'Do not ship it' }
    const tried: Making[] = [
      { ...earlier, type: 'commented', schemaVersion: 2, streamId, id: comment.id, payload: words },
      // The same words are no better: they would be somebody else's.
      {
        ...earlier,
        type: 'commented',
        schemaVersion: 2,
        streamId,
        id: comment.id,
        payload: JSON.parse(comment.data ?? ''),
      },
      { ...earlier, type: 'created', id: issue.id, streamId },
      { ...earlier, ...byRule, about: { triggeredBy: 'manual' } },
      { ...earlier, ...byRule, streamId: uuidv7() },
      { ...earlier, ...byRule, about: { triggeredBy: 'import' }, imported: true },
    ]
    for (const making of tried)
      expect(await answerTo(ben, making), JSON.stringify(making)).toBe('invalid_event')
    // On the copy of somebody where the issue had another priority, the rule said something else.
    expect(await answerTo(ben, { ...byRule, payload: { from: 'low', to: 'high' } })).toBe(200)
    const replica = await takesIn(ben)
    expect(replica.workspace.log.issue(streamId).priority).toBe('high')
    replica.check()
    replica.close()
  })

  it('one id twice in one push is refused like any other', async () => {
    const { owner } = await around().team()
    const id = uuidv7()
    for (let n = 1; n < 3; n++) owner.chain.add({ id, number: n })
    expect(code(await owner.push(owner.chain.after(0)))).toBe('invalid_event')
  })

  it('two people who imported one tracker, at different times, both keep what they have', async () => {
    const { owner, invite } = await around().team()
    const ben = await invite()
    const streamId = deriveId('github', 'a/b', '7', 'issue')
    const imported = (title: string): Making => ({
      id: deriveId('github', 'a/b', '7', 'created'),
      streamId,
      actorId: deriveId('member', 'github', 'octocat'),
      payload: { title, status: 'open' },
      about: { triggeredBy: 'import' },
      imported: true,
    })
    expect(await answerTo(owner, imported('As it was'))).toBe(200)
    expect(await answerTo(ben, imported('As it is'))).toBe(200)
    // What was imported takes nobody's place either.
    expect(
      await answerTo(ben, {
        ...imported('Other'),
        type: 'commented',
        schemaVersion: 2,
        payload: { commentId: uuidv7(), body: 'x' },
      }),
    ).toBe('invalid_event')
    const replica = await takesIn(ben)
    expect(replica.workspace.log.issue(streamId).title).toBe('As it was')
    replica.check()
    replica.close()
  })

  it('in an encrypted workspace the headers alone keep an event’s place', async () => {
    const { owner, invite } = await around().team()
    const ben = await invite()
    await owner.ask('/keys', { body: { key: 1, boxes: [] } })
    const sealed = { payloadHash: 'a'.repeat(64), sealed: 'AAAA', key: 1 }
    const [minted, derived, streamId] = [uuidv7(), deriveId('rule', 'sealed'), uuidv7()]
    for (const id of [minted, derived])
      expect(await answerTo(owner, { id, streamId, type: 'viewed', schemaVersion: 1, ...sealed })).toBe(200)
    const again = { streamId, type: 'viewed', schemaVersion: 1, ...sealed }
    expect(await answerTo(ben, { ...again, id: minted })).toBe('invalid_event')
    expect(await answerTo(ben, { ...again, id: derived, streamId: uuidv7() })).toBe('invalid_event')
    expect(await answerTo(ben, { ...again, id: derived })).toBe(200)
  })

  it('an event happens to its own kind of thing alone', async () => {
    const { owner } = await around().team()
    for (const streamType of ['member', 'label', 'rule', 'workspace', 'view', 'project'] as const)
      expect(await answerTo(owner, { streamType })).toBe('invalid_event')
    const joined = { type: 'member_joined', schemaVersion: 1, payload: { name: 'X', handle: 'x' } }
    expect(await answerTo(owner, joined)).toBe('invalid_event')
    expect(await answerTo(owner, { ...joined, streamType: 'member' })).toBe(200)
  })

  it('two things that somebody gives one id stay two things on every copy', async () => {
    const { owner, invite } = await around().team()
    const mallory = await invite()
    const me = owner.joined.member.id
    const issue = owner.chain.add({ number: 1 })
    owner.chain.add({
      type: 'member_joined',
      schemaVersion: 1,
      streamType: 'member',
      streamId: me,
      payload: { name: 'Olga', handle: 'olga' },
    })
    await owner.push(owner.chain.after(0))
    const later = uuidv7()
    const { chain } = mallory
    chain.add({ streamId: me, number: 2, payload: { title: 'An issue called like Olga', status: 'open' } })
    chain.add({
      type: 'label_created',
      schemaVersion: 1,
      streamType: 'label',
      streamId: issue.streamId,
      payload: { name: 'bug', colour: '#000000' },
    })
    chain.add({ type: 'assigned', schemaVersion: 1, streamId: issue.streamId, payload: { memberId: later } })
    const payload = { title: 'An issue called like nobody yet', status: 'open' }
    chain.add({ streamId: later, number: 3, payload })
    expect((await mallory.push(chain.after(0))).status).toBe(200)
    const replica = await takesIn(owner)
    replica.check()
    const { log } = replica.workspace
    expect(log.issue(me).title).toBe('An issue called like Olga')
    expect(log.issue(issue.streamId).assignees).toEqual([later])
    expect(log.issue(later).title).toBe('An issue called like nobody yet')
    replica.close()
  })

  it('nothing happened outside of the years 1 to 9999', async () => {
    const { owner } = await around().team()
    for (const occurredAt of [2 ** 53 - 1, lastInstant + 1, firstInstant - 1, -(2 ** 53 - 1)])
      expect(await answerTo(owner, { occurredAt })).toBe('invalid_request')
    for (const occurredAt of [firstInstant, lastInstant])
      expect(await answerTo(owner, { occurredAt })).toBe(200)
  })

  it('who brings a device of their own goes by no name that is, or may become, somebody else’s', async () => {
    const { server } = around()
    const { workspaceId, owner, invite } = await around().team()
    const mallory = await invite()
    const octocat = deriveId('member', 'github', 'octocat')
    const guest = uuidv7()
    const imported = { imported: true, about: { triggeredBy: 'import' } } as const
    expect(await answerTo(owner, { ...imported, actorId: guest })).toBe(200)
    for (const id of [deriveId('server', workspaceId), octocat, guest, owner.joined.member.id]) {
      const asked = await mallory.ask('/invites', { body: { memberId: mallory.joined.member.id } })
      const device = await person(server, String(asked.body.code), { id })
      expect(device.joined.member.id).toBe(mallory.joined.member.id)
      expect(await answerTo(device, { actorId: id })).toBe('forged_actor')
      // Nor does a new member begin as one of them.
      const { code: further } = await server.admin.invite(workspaceId)
      expect((await person(server, further, { id })).joined.member.id).not.toBe(id)
    }
    // Who imports what octocat did is not stopped by anybody who claimed to be octocat.
    expect(await answerTo(await invite(), { ...imported, actorId: octocat, occurredAt: hlcMillis(0) })).toBe(
      200,
    )
  })

  it('a copy of one’s own, made before joining, keeps its author', async () => {
    const { server } = around()
    const { workspaceId, invite } = await around().team()
    const ben = await invite()
    const before = uuidv7()
    const { code: further } = await server.admin.invite(workspaceId, { memberId: ben.joined.member.id })
    const laptop = await person(server, further, { id: before })
    expect(await answerTo(laptop, { actorId: before })).toBe(200)
  })

  it('a page has no more than one event beyond the bytes that were asked for, and no event is left out', async () => {
    const { owner } = await around().team()
    const text = 'x'.repeat(40_000)
    for (let n = 1; n <= 12; n++)
      owner.chain.add({ number: n, payload: { title: `${n}`, status: 'open', description: text } })
    await owner.push(owner.chain.after(0))
    const all = await owner.pullAll({ bytes: '100000', limit: '5000' })
    expect(all.map(({ event }) => event)).toEqual(owner.chain.after(0).events)
    const first = await owner.ask(`/events?after=0&mark=${'0'.repeat(64)}&bytes=100000`)
    expect(first.body.events).toHaveLength(2)
    expect((await owner.ask(`/events?after=0&mark=${'0'.repeat(64)}&bytes=1024`)).body.events).toHaveLength(1)
  })
})
