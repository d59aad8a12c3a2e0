import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { expect, it, onTestFinished } from 'vitest'
import { eventTypeIdOf } from '#db/projections/entities/event-type-projection.ts'
import { madeChain } from '#server/testing/made-chain.ts'
import { conflictHandlers } from '../calls/conflict-handlers.ts'
import { listEventTypes } from '../calls/event-type-handlers.ts'
import { feedItem } from '../calls/feed-items.ts'
import { modelServer } from './testing/model-server.ts'
import { newReplica, type Replica } from './testing/replica.ts'

const schemaWith = (...names: readonly string[]) => ({
  type: 'object' as const,
  properties: Object.fromEntries(['name', ...names].map((name) => [name, { type: 'string' as const }])),
})
const register = (sentence: string, ...names: readonly string[]) => ({
  type: 'register_event_type',
  name: 'deal_won',
  sentence,
  schema: schemaWith(...names),
})

function team(count: number): { copies: Replica[]; server: ReturnType<typeof modelServer> } {
  let now = Date.parse('2026-03-02T09:00:00Z')
  const clock = () => {
    now += 1_000
    return now
  }
  const historyId = uuidv7()
  const copies = Array.from({ length: count }, (_, at) =>
    newReplica(`Copy ${at}`, uuidv7(), historyId, clock),
  )
  onTestFinished(() => {
    for (const copy of copies) copy.close()
  })
  return { copies, server: modelServer(clock) }
}

async function meet({ copies, server }: ReturnType<typeof team>): Promise<void> {
  for (const copy of [...copies, ...copies, ...copies])
    expect(await copy.sync(server)).toMatchObject({ ok: true })
}

/** All copies hold the same types, the same conflicts and the same state, and what a rebuild makes. */
function agreed(copies: readonly Replica[]): ReturnType<typeof listEventTypes> {
  const [first] = copies as [Replica]
  for (const copy of copies) {
    expect(listEventTypes(copy.workspace)).toEqual(listEventTypes(first.workspace))
    expect(copy.conflictRows()).toEqual(first.conflictRows())
    expect(copy.digest()).toBe(first.digest())
    copy.check()
  }
  return listEventTypes(first.workspace)
}

const lineOf = (copy: Replica, type: string) =>
  copy.workspace.feed
    .page({ kind: 'workspace' }, { limit: 50 })
    .filter(({ event }) => event.type === type)
    .map((entry) => feedItem(entry, 'DOC', 0, () => undefined as never))

const step = fc.oneof(
  fc.record({ do: fc.constant('sync' as const), who: fc.nat(2) }),
  fc.record({ do: fc.constant('register' as const), who: fc.nat(2), n: fc.nat(2) }),
  fc.record({ do: fc.constant('extend' as const), who: fc.nat(2), n: fc.nat(3) }),
  fc.record({ do: fc.constant('retire' as const), who: fc.nat(2) }),
  fc.record({ do: fc.constant('record' as const), who: fc.nat(2) }),
)

it('whatever copies register, extend and retire apart, and in whatever order they meet, all come to the same registration', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const world = team(3)
      const { copies, server } = world
      const issueId = uuidv7()
      copies[0]?.execute({ type: 'create', issueId, title: 'Shared' })
      await meet(world)
      for (const each of steps) {
        const copy = copies[each.who] as Replica
        if (each.do === 'sync') await copy.sync(server)
        else if (each.do === 'register') copy.execute(register(`won {name} ${each.n}`))
        else if (each.do === 'extend') {
          const [known] = listEventTypes(copy.workspace)
          const properties = {
            ...known?.schema.properties,
            [`p${each.n % 2}`]: { type: each.n < 2 ? 'string' : 'boolean' },
          }
          copy.execute({
            type: 'extend_event_type',
            name: 'deal_won',
            schema: { type: 'object', properties },
          })
        } else if (each.do === 'retire') copy.execute({ type: 'retire_event_type', name: 'deal_won' })
        else copy.execute({ type: 'record', issueId, eventType: 'deal_won', data: { name: 'Acme' } })
      }
      await meet(world)
      agreed(copies)
      for (const copy of copies) copy.close()
      copies.length = 0
    }),
    { numRuns: process.env.DOCKET_TEST_LONG ? 300 : 12 },
  )
}, 240_000)

it('of two registrations of one name the earlier counts, the other is a conflict, and what was recorded by it is read by the earlier one', async () => {
  const world = team(2)
  const [ada, ben] = world.copies as [Replica, Replica]
  const issueId = uuidv7()
  expect(ada.execute({ type: 'create', issueId, title: 'Shared' }).ok).toBe(true)
  await meet(world)
  expect(ada.execute(register('won {name}')).ok).toBe(true)
  expect(ben.execute(register('brought {client} in', 'client')).ok).toBe(true)
  expect(
    ben.execute({ type: 'record', issueId, eventType: 'deal_won', data: { name: 'Acme', client: 'Ltd' } }).ok,
  ).toBe(true)
  await meet(world)
  expect(agreed(world.copies)).toMatchObject([{ name: 'deal_won', sentence: 'won {name}' }])
  for (const copy of world.copies)
    expect(lineOf(copy, 'deal_won')).toMatchObject([
      { sentence: 'won {name}', data: { client: 'Ltd' }, waiting: null },
    ])

  const listed = () => conflictHandlers(ada.workspace)['conflicts.list']({ show: 'open', limit: 10 })
  const page = await listed()
  expect(page).toMatchObject({
    value: {
      open: 1,
      conflicts: [
        {
          of: { type: 'event_type', name: 'deal_won' },
          field: 'event_type',
          lost: { value: 'brought {client} in' },
          won: { value: 'won {name}' },
        },
      ],
    },
  })
  const id = page.ok ? page.value.conflicts[0]?.id : undefined
  const about = { conflictId: id, eventTypeId: eventTypeIdOf('deal_won') }
  expect(ben.execute({ type: 'flip_conflict', ...about })).toMatchObject({
    error: { code: 'conflict_not_flippable' },
  })
  expect(ben.execute({ type: 'dismiss_conflict', ...about }).ok).toBe(true)
  await meet(world)
  agreed(world.copies)
  expect(await listed()).toMatchObject({ value: { open: 0 } })
})

it('two that register the same alike are in no conflict', async () => {
  const world = team(2)
  for (const copy of world.copies) expect(copy.execute(register('won {name}')).ok).toBe(true)
  await meet(world)
  agreed(world.copies)
  expect(world.copies[0]?.conflictRows()).toEqual([])
})

it('a hostile member’s registration counts for nothing, and events without a registration are kept and shown plainly', () => {
  const { copies } = team(1)
  const [copy] = copies as [Replica]
  const [issueId, fake] = [uuidv7(), uuidv7()]
  expect(copy.execute({ type: 'create', issueId, title: 'Mine' }).ok).toBe(true)
  const stream = (name: string) => ({ streamType: 'event_type' as const, streamId: eventTypeIdOf(name) })
  const registered = { type: 'event_type_registered', schemaVersion: 1 } as const
  const evil = { type: 'object', properties: { a: { type: 'string', pattern: '(a+)+$' } } }
  const chain = madeChain(uuidv7())
  // On a stream that is not the name's; with a schema that may not be compiled; for a name of Docket's own.
  chain.add({ ...registered, streamType: 'event_type', streamId: fake, payload: register('won {name}') })
  chain.add({
    ...registered,
    ...stream('bug_found'),
    payload: { name: 'bug_found', sentence: 'x', schema: evil },
  })
  chain.add({
    ...registered,
    ...stream('bug_found'),
    payload: {
      name: 'bug_found',
      sentence: 'x',
      schema: JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string","pattern":"(a+)+$"}}}'),
    },
  })
  chain.add({ type: 'deal_won', schemaVersion: 1_000, streamId: issueId, payload: { name: ['odd'] } })
  // As one of a newer Docket would be.
  chain.add({ type: 'deal_won', schemaVersion: 2, streamId: issueId, payload: { name: 'x' } })
  chain.add({ type: 'commented', schemaVersion: 1_000, streamId: issueId, payload: { body: 7 } })
  copy.workspace.log.receive({
    chains: [{ chain: chain.replicaId, replicaId: chain.replicaId }],
    events: chain.after(0).events.map((event) => ({ chain: 0, event })),
  })
  expect(listEventTypes(copy.workspace)).toEqual([])
  expect(lineOf(copy, 'deal_won').map(({ waiting, sentence }) => ({ waiting, sentence }))).toEqual([
    { waiting: 'unknown', sentence: undefined },
    { waiting: null, sentence: undefined },
  ])
  expect(lineOf(copy, 'commented')).toMatchObject([{ waiting: 'unknown' }])
  copy.check()
})
