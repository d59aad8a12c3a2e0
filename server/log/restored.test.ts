import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { newReplica, type Replica } from '#app/sync/testing/replica.ts'
import type { PulledPage } from '#contract/sync-api/pull.ts'
import { type ChainReceipt, startCursor } from '#contract/sync-api/wire-events.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { serverClient, type WorkspaceClient } from '#inboxes/sync/server/server-client.ts'
import { type RunningServer, startServer } from '../start-server.ts'
import { type Person, person } from '../testing/both-databases.ts'
import { madeChain } from '../testing/made-chain.ts'

const code = (answer: { body: Record<string, unknown> }) => (answer.body.error as { code?: string })?.code
const limits = { token: 1e6, address: 1e6, attempts: 1e6 }

let folder: string
let server: RunningServer
let copies: { replica: Replica; client: WorkspaceClient; person: Person }[]
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docket-restored-'))
  server = await startServer({ data: join(folder, 'data'), limits })
  copies = []
})
afterEach(async () => {
  for (const { replica, client } of copies) {
    replica.close()
    await client.close()
  }
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Stops the server, changes its directory, and starts it where it was. */
async function away(change: () => void): Promise<void> {
  const { port } = server
  await server.close()
  change()
  server = await startServer({ data: join(folder, 'data'), port, limits })
}

const backServerUp = () =>
  away(() => cpSync(join(folder, 'data'), join(folder, 'backup'), { recursive: true }))
const putServerBack = () =>
  away(() => {
    rmSync(join(folder, 'data'), { recursive: true })
    cpSync(join(folder, 'backup'), join(folder, 'data'), { recursive: true })
  })

async function copy(name: string, invite: string): Promise<(typeof copies)[number]> {
  const joined = await person(server, invite, { name })
  const { token, workspaceId, historyId, member } = joined.joined
  const made = {
    replica: newReplica(name, member.id, historyId),
    client: serverClient({ url: server.url, token }).workspace(workspaceId),
    person: joined,
  }
  copies.push(made)
  return made
}

const synced = async ({ replica, client }: (typeof copies)[number]): Promise<void> => {
  // Twice: what is pushed gets its number, which is pulled.
  for (let round = 0; round < 2; round++) expect(await replica.sync(client)).toMatchObject({ ok: true })
}

/** Everything that the server has, for somebody who has nothing. */
async function pulled({ client }: (typeof copies)[number]): Promise<PulledPage> {
  const page = await client.pull({ after: 0, mark: startCursor.mark, limit: 1_000, bytes: 8_000_000 })
  if (!page.ok) throw new Error(page.error.message)
  return page.value
}

function issue({ replica }: (typeof copies)[number], title: string): string {
  const issueId = uuidv7()
  expect(replica.execute({ type: 'create', issueId, title })).toMatchObject({ ok: true })
  return issueId
}
const numberOf = ({ replica }: (typeof copies)[number], issueId: string) =>
  replica.workspace.log.issue(issueId).number

/** Ben's and Olga's have an issue of Ben's, Carl's has nothing yet. */
async function threeCopies() {
  const { workspaceId, code: invite } = await server.admin.createWorkspace('Team')
  const olga = await copy('Olga', invite)
  const ben = await copy('Ben', (await server.admin.invite(workspaceId)).code)
  const carl = await copy('Carl', (await server.admin.invite(workspaceId)).code)
  issue(ben, 'Before')
  for (const each of [ben, olga]) await synced(each)
  return { olga, ben, carl }
}

it('a server that is restored to an earlier state takes back what it lost, numbers too, and no number is given twice', async () => {
  const { workspaceId, code: invite } = await server.admin.createWorkspace('Team')
  const olga = await copy('Olga', invite)
  const ben = await copy('Ben', (await server.admin.invite(workspaceId)).code)
  const before = issue(olga, 'Before')
  await synced(olga)
  await synced(ben)
  await backServerUp()
  const lost = [issue(olga, 'Lost one'), issue(olga, 'Lost two')]
  await synced(olga)
  await synced(ben)
  const given = lost.map((each) => numberOf(olga, each))
  expect(given).toEqual([2, 3])

  await putServerBack()
  // Whoever comes first brings back what everybody had: here it is not whose issues they were.
  const after = issue(ben, 'After')
  await synced(ben)
  await synced(olga)
  await synced(ben)
  for (const each of [olga, ben]) {
    const numbers = [before, ...lost, after].map((id) => numberOf(each, id))
    expect(numbers[0]).toBe(1)
    expect(new Set(numbers).size).toBe(4)
    expect(numbers).not.toContain(null)
    each.replica.check()
  }
  expect(olga.replica.digest()).toBe(ben.replica.digest())
  const third = await copy('Carl', (await server.admin.invite(workspaceId)).code)
  await synced(third)
  await synced(olga)
  expect(third.replica.workspace.log.issue(lost[0] as string).title).toBe('Lost one')
})

it('what a member pushed comes back from whoever pulled it while its author stays away, and in nobody else’s words', async () => {
  const { olga, ben, carl } = await threeCopies()
  await backServerUp()
  const lost = [issue(ben, 'Lost one'), issue(ben, 'Lost two')]
  for (const each of [ben, olga]) await synced(each)
  const { receipts } = await pulled(olga)
  const genuine = receipts.find(({ memberId }) => memberId === ben.person.joined.member.id)
  await putServerBack()

  // A receipt is for one chain's end, and for whose it was.
  const forged = madeChain(ben.person.joined.member.id)
  forged.add()
  const { memberId, seal } = genuine as ChainReceipt
  for (const receipt of [
    { memberId, seal },
    { memberId: olga.person.joined.member.id, seal },
    { memberId, seal: 'f'.repeat(64) },
  ])
    expect(code(await olga.person.push({ ...forged.after(0), receipt }))).toBe('forbidden')
  expect(code(await olga.person.push(forged.after(0)))).toBe('forged_actor')

  await synced(olga)
  await synced(carl)
  for (const [at, title] of ['Lost one', 'Lost two'].entries())
    expect(carl.replica.workspace.log.issue(lost[at] as string).title).toBe(title)
  // Its author goes on as if nothing had been.
  issue(ben, 'After')
  for (const each of [ben, olga, carl]) await synced(each)
  for (const { replica } of [ben, olga, carl]) {
    replica.check()
    expect(replica.digest()).toBe(ben.replica.digest())
  }
})

it('where a copy and the server are both put back, what only somebody else has seen comes back beside what was done since', async () => {
  const { olga, ben, carl } = await threeCopies()
  await backServerUp()
  const putBack = ben.replica.backUp()
  const lost = [issue(ben, 'Lost one'), issue(ben, 'Lost two')]
  for (const each of [ben, olga]) await synced(each)
  const benId = ben.person.joined.member.id
  const receipt = (await pulled(olga)).receipts.find(({ memberId }) => memberId === benId) as ChainReceipt
  const createdOf = ({ replica }: (typeof copies)[number]) =>
    replica.workspace.log
      .readStream({ type: 'issue', id: lost[1] as string })
      .find(({ type }) => type === 'created')
  const seen = createdOf(olga)
  await putServerBack()
  putBack()
  const since = issue(ben, 'Since')
  for (const each of [ben, olga, carl, ben, olga]) await synced(each)
  for (const { replica } of [olga, ben, carl]) {
    const titleOf = (id: string) => replica.workspace.log.issue(id).title
    expect([...lost, since].map(titleOf)).toEqual(['Lost one', 'Lost two', 'Since'])
    replica.check()
    expect(replica.digest()).toBe(ben.replica.digest())
  }
  expect(createdOf(carl)).toMatchObject({ id: seen?.id, hash: seen?.hash, actorId: benId })

  // Somebody's chain is not brought back a second time under whatever name, nor with what its author never said.
  const { chains, events } = await pulled(carl)
  const at = chains.findIndex(({ fork }) => fork !== undefined)
  const { chain: key, replicaId, fork } = chains[at] as (typeof chains)[number]
  const list = events.flatMap(({ chain, event }) => (chain === at ? [event] : []))
  const prevHash = (await carl.client.chainPlace(fork?.chain ?? '', fork?.seq ?? 0)) as {
    value: { hash: string }
  }
  const again = {
    chain: uuidv7(),
    replicaId,
    fork,
    after: fork?.seq,
    prevHash: prevHash.value.hash,
    events: list,
    receipt: { memberId: benId, seal: receipt.seal, chain: receipt.chain },
  }
  expect(code(await carl.person.push(again))).toBe('forbidden')
  expect(code(await carl.person.push({ ...again, chain: key, receipt: undefined }))).toBe('forbidden')
  expect((await carl.person.push({ ...again, chain: key })).body).toMatchObject({ stored: receipt.seq })
})

it('a copy without a receipt for what the server lost says how much of others’ it has, until they come back', async () => {
  const { workspaceId, code: invite } = await server.admin.createWorkspace('Team')
  const olga = await copy('Olga', invite)
  const ben = await copy('Ben', (await server.admin.invite(workspaceId)).code)
  await backServerUp()
  issue(ben, 'Lost')
  await synced(ben)
  const { pull } = olga.client
  const unreceipted: WorkspaceClient = {
    ...olga.client,
    async pull(query) {
      const page = await pull(query)
      return page.ok ? { ok: true, value: { ...page.value, receipts: [] } } : page
    },
  }
  expect(await olga.replica.sync(unreceipted)).toMatchObject({ ok: true, value: { ahead: 0 } })
  await putServerBack()
  // Ben's introduction, the workspace's and the issue; its number is brought back by anybody.
  expect(await olga.replica.sync(unreceipted)).toMatchObject({ ok: true, value: { ahead: 3 } })
  await synced(ben)
  expect(await olga.replica.sync(unreceipted)).toMatchObject({ ok: true, value: { ahead: 0 } })
})

it('a number that a client brings back counts with its seal, and the seal for nothing else', async () => {
  const { workspaceId, code: invite } = await server.admin.createWorkspace('Team')
  const olga = await person(server, invite)
  const ben = await person(server, (await server.admin.invite(workspaceId)).code)
  await backServerUp()
  for (let n = 0; n < 5; n++) olga.chain.add()
  await olga.push(olga.chain.after(0))
  const given = (await olga.pullAll()).filter(({ event }) => event.type === 'numbered')
  expect(given).toHaveLength(5)
  const chain = given[0]?.chain as string
  const whole = {
    chain,
    replicaId: chain,
    after: 0,
    prevHash: '0'.repeat(64),
    events: given.map(({ event }) => event),
  }

  await putServerBack()
  // Anybody may bring it, and its issues may come later.
  expect((await ben.push(whole)).body).toMatchObject({ stored: 5 })
  expect((await ben.push(whole)).body).toMatchObject({ stored: 5, cursor: { seq: 5 } })
  await olga.push(olga.chain.after(0))
  const held = new Map<string, string>()
  for (const { event } of await ben.pullAll())
    if (event.type === 'numbered') {
      const number = String(event.data)
      // What was brought back is the issue's own, and what is given from here on is nobody's yet.
      expect(held.get(number) ?? event.streamId).toBe(event.streamId)
      held.set(number, String(event.streamId))
    }
  for (const { event } of given) expect(held.get(String(event.data))).toBe(event.streamId)

  // A seal that this server once gave is good for that issue and number alone.
  const [genuine] = whole.events
  const [id, streamId] = [String(genuine?.id), String(genuine?.streamId)]
  const { seal } = JSON.parse(String(genuine?.metadata)) as { seal: string }
  for (const moved of [
    { id, streamId, payload: { number: 77 } },
    { id, streamId: uuidv7(), payload: { number: 1 } },
    { id: uuidv7(), streamId, payload: { number: 1 } },
  ]) {
    const forged = madeChain(deriveId('server', workspaceId))
    forged.add({ ...moved, type: 'numbered', schemaVersion: 1, about: { triggeredBy: 'sync', seal } })
    expect(code(await ben.push(forged.after(0)))).toBe('forged_actor')
  }
})
