import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ticksPerMilli } from '#core/events/event-order.ts'
import { firstInstant, lastInstant } from '#core/time/instant.ts'
import { type ChainEnd, chainReader } from '#db/log/read/chain-reader.ts'
import { ArrivalError, type Arrivals } from '#db/log/receive-events.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { type MadeChain, type Making, madeChain } from '#server/testing/made-chain.ts'
import { newReplica, type Replica } from './testing/replica.ts'

// A server that lets everything through: what it hands out is looked at once more.

const historyId = uuidv7()
let replicas: Replica[]
beforeEach(() => {
  replicas = ['One', 'Two'].map((name) => newReplica(name, uuidv7(), historyId))
})
afterEach(() => {
  for (const replica of replicas) replica.close()
})

const arrivals = (...chains: readonly MadeChain[]): Arrivals => ({
  chains: chains.map(({ replicaId }) => ({ chain: replicaId, replicaId })),
  events: chains.flatMap((chain, at) => chain.after(0).events.map((event) => ({ chain: at, event }))),
})

/** The code with which a replica refuses what arrives; nothing of it is in then. */
function refusal(replica: Replica, ...chains: readonly MadeChain[]): string | undefined {
  const { log } = replica.workspace
  const before = log.position()
  try {
    log.receive(arrivals(...chains))
    return undefined
  } catch (error) {
    if (!(error instanceof ArrivalError)) throw error
    expect(log.position()).toBe(before)
    return error.code
  }
}

function chainOf(...list: readonly Making[]): MadeChain {
  const chain = madeChain(uuidv7())
  for (const making of list) chain.add(making)
  return chain
}

it('two things of one id stay two things whichever comes first, also where only a payload names the one', () => {
  const [person, thing, later] = [uuidv7(), uuidv7(), uuidv7()]
  const joined = { type: 'member_joined', schemaVersion: 1, streamType: 'member', streamId: person } as const
  const honest = chainOf(
    { streamId: thing },
    { ...joined, actorId: person, payload: { name: 'Ada', handle: 'ada' } },
  )
  const label = { type: 'label_created', schemaVersion: 1, streamType: 'label', streamId: thing } as const
  const hostile = chainOf(
    { ...label, payload: { name: 'bug', colour: '#000000' } },
    { streamId: person, payload: { title: 'Called like Ada', status: 'open' } },
    { type: 'labeled', schemaVersion: 1, streamId: person, payload: { labelId: later } },
    { streamId: later, payload: { title: 'Called like a label', status: 'open' } },
  )
  const [one, two] = replicas as [Replica, Replica]
  expect(refusal(one, honest, hostile)).toBeUndefined()
  expect(refusal(two, hostile)).toBeUndefined()
  expect(refusal(two, honest)).toBeUndefined()
  for (const replica of replicas) {
    replica.check()
    replica.restart()
    replica.check()
    expect(replica.workspace.log.issue(person).title).toBe('Called like Ada')
    expect(replica.workspace.log.readStream({ type: 'member', id: person })).toHaveLength(1)
  }
  expect(one.digest()).toBe(two.digest())
  expect(one.feed()).toEqual(two.feed())
})

it('an event that takes another’s place is refused, and a rule’s or an import’s own repetition is not', () => {
  const [one, two] = replicas as [Replica, Replica]
  const streamId = uuidv7()
  const rule = { triggeredBy: 'automation', rule: uuidv7() }
  const priority = { type: 'priority_changed', schemaVersion: 2, streamId, id: deriveId('occasion') }
  const first = chainOf(
    { streamId },
    { ...priority, payload: { from: 'none', to: 'high' }, about: rule },
    {
      imported: true,
      id: deriveId('github', '1'),
      streamId: deriveId('github'),
      about: { triggeredBy: 'import' },
    },
  )
  for (const replica of replicas) expect(refusal(replica, first)).toBeUndefined()
  const [created, , fromTracker] = first.after(0).events
  const earlier = { hlc: Date.now() * ticksPerMilli - 3_600_000 * ticksPerMilli }
  const replacing: Making[] = [
    { ...earlier, streamId, id: created?.id },
    { ...earlier, ...priority, payload: { from: 'none', to: 'low' } },
    { ...earlier, ...priority, streamId: uuidv7(), payload: { from: 'none', to: 'low' }, about: rule },
    { ...earlier, id: fromTracker?.id, streamId: fromTracker?.streamId },
  ]
  for (const making of replacing)
    expect(refusal(one, chainOf(making)), JSON.stringify(making)).toBe('invalid_event')
  const again = chainOf(
    { ...priority, payload: { from: 'low', to: 'high' }, about: rule },
    {
      id: fromTracker?.id,
      streamId: fromTracker?.streamId,
      imported: true,
      payload: { title: 'Exported later', status: 'open' },
      about: { triggeredBy: 'import' },
    },
  )
  for (const replica of replicas) {
    expect(refusal(replica, again)).toBeUndefined()
    replica.check()
  }
  expect(one.digest()).toBe(two.digest())
})

it('an event on a kind of thing that it can’t happen to keeps its place and does nothing; one at no time at all is refused', () => {
  const [one] = replicas as [Replica]
  const misplaced: Making[] = [
    { streamType: 'member' },
    {
      streamType: 'workspace',
      type: 'label_created',
      schemaVersion: 1,
      payload: { name: 'x', colour: '#000000' },
    },
  ]
  const before = one.digest()
  const shown = one.feed()
  for (const making of misplaced) expect(refusal(one, chainOf(making))).toBeUndefined()
  expect(one.digest()).toBe(before)
  expect(one.feed()).toEqual(shown)
  one.check()
  const wrong: Making[] = [
    { occurredAt: 2 ** 53 - 1 },
    { occurredAt: lastInstant + 1 },
    { occurredAt: firstInstant - 1 },
  ]
  for (const making of wrong)
    expect(refusal(one, chainOf(making)), JSON.stringify(making)).toBe('invalid_event')
  expect(refusal(one, chainOf({ occurredAt: lastInstant }, { occurredAt: firstInstant }))).toBeUndefined()
})

it('nothing of that kind is recorded or imported here either', () => {
  const { log } = (replicas[0] as Replica).workspace
  const event = { id: uuidv7(), type: 'created', data: { title: 'x', status: 'open' }, actorId: uuidv7() }
  const before = log.position()
  expect(() => log.append({ type: 'label', id: uuidv7() }, [event])).toThrow(/can not happen to a label/)
  const absurd = { ...event, occurredAt: 2 ** 53 - 1 }
  expect(() => log.append({ type: 'issue', id: uuidv7() }, [absurd])).toThrow(/years 1 to 9999/)
  for (const [streamType, wrong] of [
    ['issue', absurd],
    ['member', { ...event, occurredAt: 0 }],
  ] as const)
    expect(() => log.importStreams([{ streamType, streamId: uuidv7(), events: [wrong] }])).toThrow()
  expect(log.position()).toBe(before)
})

it('what arrives neither goes on with this copy’s own history nor takes anything of it back', () => {
  const [one] = replicas as [Replica]
  const { log, database } = one.workspace
  const issueId = uuidv7()
  expect(one.execute({ type: 'create', issueId, title: 'Mine' })).toMatchObject({ ok: true })
  const chains = chainReader(database, log.streamIds)
  const own = chains.ends().find((end) => end.own) as ChainEnd
  // Somebody writes under this copy's name: other events at its places, and more than it has.
  const forged = madeChain(uuidv7(), own.replicaId)
  for (let seq = 1; seq <= own.seq + 1; seq++) forged.add({ payload: { title: 'Theirs', status: 'open' } })
  expect(refusal(one, forged)).toBe('own_chain')
  const shorter = {
    ...forged,
    after: (seq: number) => ({ ...forged.after(seq), events: forged.after(0).events.slice(0, -1) }),
  }
  expect(refusal(one, shorter)).toBeUndefined()
  expect(chains.ends().find((end) => end.own)).toEqual(own)
  expect(log.issue(issueId).title).toBe('Mine')
  one.check()
})
