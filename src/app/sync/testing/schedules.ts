import fc from 'fast-check'
import { expect } from 'vitest'
import { conflictOf } from '#contract/answers/sync-answers.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { conflictQuery } from '#db/queries/conflict-query.ts'
import type { RoundServer } from '#inboxes/sync/round/round-types.ts'
import {
  anyCommandInput,
  clashes,
  clashingCommands,
  commandsOf,
  type Wished,
} from '../../testing/random-commands.ts'
import type { Network } from './network.ts'
import { mishaps } from './network.ts'
import type { Replica } from './replica.ts'

const hourMillis = 3_600_000

const who = fc.nat(4)
const settling = fc.record({
  who,
  n: fc.nat(),
  how: fc.constantFrom('flip_conflict' as const, 'dismiss_conflict' as const),
})
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('wish' as const), who, wish: anyCommandInput }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('sync' as const),
      who,
      mishaps: fc.array(fc.constantFrom(...mishaps, 'none', 'none'), { maxLength: 5 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('clash' as const),
      who,
      and: who,
      what: fc.constantFrom(...clashes),
      n: fc.nat(2),
      values: fc.tuple(fc.nat(9), fc.nat(9)),
    }),
  },
  { weight: 2, arbitrary: settling.map((of) => ({ do: 'settle' as const, ...of })) },
  // A rule by the clock that several copies run: the same event, recorded more than once.
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rule' as const), who, n: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('back_up' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('server_back_up' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('server_disaster' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('clock' as const),
      who,
      hours: fc.integer({ min: -72, max: 72 }),
    }),
  },
)

/** What happens to 2 to 5 copies of a workspace and to their server, in order. */
export const anySchedule = fc.record({
  count: fc.integer({ min: 2, max: 5 }),
  steps: fc.array(step, { minLength: 5, maxLength: 40 }),
  /** What is decided about conflicts, apart, once all have met and know of them. */
  settlings: fc.array(settling, { maxLength: 4 }),
})
export type Schedule = typeof anySchedule extends fc.Arbitrary<infer Of> ? Of : never

/** The copies, their server, and what may befall it. */
export type World = {
  readonly replicas: readonly Replica[]
  /** The server as that copy reaches it. */
  server(at: number): RoundServer
  /** Between a copy and the server. */
  readonly network: Network
  /** What each copy's clock is ahead, in milliseconds; the copies look here. */
  readonly skew: number[]
  backUpServer?(): void
  /** The server is killed, or comes back as an earlier one. */
  strikeServer(): Promise<void> | void
  /** Ids of the events that the server has, where it may lose any. */
  serverIds?(): Iterable<string>
}

/** What every copy records alike for one occasion: ids come from the occasion. */
function runRule(replica: Replica, issueId: string, n: number): void {
  const metadata = { triggeredBy: 'automation', rule: 'clock' } as const
  const id = (what: string) => deriveId('occasion', issueId, what)
  const commentId = id('words')
  replica.execute(
    { type: 'change_priority', issueId, priority: 'urgent' },
    { eventIds: [id('urgent')], metadata },
  )
  replica.execute(
    { type: 'comment', issueId, commentId, body: `Left alone ${n}` },
    { eventIds: [id('comment')], metadata },
  )
}

/** Flips or dismisses one of the conflicts that a copy knows of; some can't be. */
function settleOne(
  { workspace, execute }: Replica,
  n: number,
  type: 'flip_conflict' | 'dismiss_conflict',
): void {
  const { database, log } = workspace
  const known = conflictQuery(database, log.streamIds, log.toEvent).page({ show: 'all', limit: 100 })
  const found = known[n % known.length]
  if (found) execute({ type, conflictId: found.id, ...conflictOf(found as never) })
}

/** Rounds of all until nothing moves any more. @throws where one does not succeed. */
async function meet({ replicas, server }: World): Promise<void> {
  for (let quiet = 0; quiet < 2; ) {
    let moved = 0
    for (const [at, replica] of replicas.entries()) {
      const done = await replica.sync(server(at))
      if (!done.ok) throw new Error(`${replica.name}: ${done.error.code} ${done.error.message}`)
      moved += done.value.pushed + done.value.pulled
    }
    quiet = moved === 0 ? quiet + 1 : 0
  }
}

/**
 * Plays a schedule, brings everybody together, and expects of every copy: the same state, the same feeds, the same conflicts, everything that was acknowledged and not
 * destroyed wherever it was, projections as a rebuild makes them, and whole chains.
 */
export async function playSchedule({ count, steps, settlings }: Schedule, world: World): Promise<void> {
  const { replicas, network, skew } = world
  const wished: Wished = { issues: [], comments: [] }
  const backups = new Map<number, () => void>()
  /** What some copy said is recorded. */
  const acknowledged = new Set<string>()
  const forgetWhatIsNowhere = (): void => {
    const left = new Set([...replicas.flatMap((each) => [...each.ids()]), ...(world.serverIds?.() ?? [])])
    for (const id of acknowledged) if (!left.has(id)) acknowledged.delete(id)
  }
  for (const each of steps) {
    const at = 'who' in each ? each.who % count : 0
    const replica = replicas[at] as Replica
    if (each.do === 'wish')
      for (const wanted of commandsOf(each.wish, wished, replica.workspace)) replica.execute(wanted)
    else if (each.do === 'rule') {
      const issueId = wished.issues[each.n]
      if (issueId) runRule(replica, issueId, each.n)
    } else if (each.do === 'clash') {
      const { what, n, values } = each
      for (const [copy, side, value] of [
        [replica, 'first', values[0]],
        [replicas[each.and % count] as Replica, 'second', values[1]],
      ] as const) {
        for (const wanted of clashingCommands(what, { n, side, value }, wished)) copy.execute(wanted)
        for (const id of copy.ids()) acknowledged.add(id)
      }
    } else if (each.do === 'settle') settleOne(replica, each.n, each.how)
    else if (each.do === 'sync') await replica.sync(network.through(world.server(at), each.mishaps))
    else if (each.do === 'restart') replica.restart()
    else if (each.do === 'back_up') backups.set(at, replica.backUp())
    else if (each.do === 'restore') {
      // What is lost with the disk is lost; what the server was told of comes back.
      const told = await replica.sync(world.server(at))
      backups.get(at)?.()
      if (!told.ok) forgetWhatIsNowhere()
    } else if (each.do === 'server_back_up') world.backUpServer?.()
    else if (each.do === 'server_disaster') {
      await world.strikeServer()
      if (world.serverIds) forgetWhatIsNowhere()
    } else skew[at] = each.hours * hourMillis
    if (each.do === 'wish' || each.do === 'rule' || each.do === 'settle')
      for (const id of replica.ids()) acknowledged.add(id)
  }
  await network.calm()
  await meet(world)
  for (const { who: at, n, how } of settlings) settleOne(replicas[at % count] as Replica, n, how)
  await meet(world)
  const [first, ...others] = replicas as [Replica, ...Replica[]]
  for (const other of others) {
    expect(other.digest()).toBe(first.digest())
    expect(other.feed()).toEqual(first.feed())
    expect(other.conflictRows()).toEqual(first.conflictRows())
  }
  const ids = first.ids()
  expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([])
  for (const replica of replicas) replica.check()
}
