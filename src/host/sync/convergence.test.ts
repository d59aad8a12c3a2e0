import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { expect, it } from 'vitest'
import { deriveId } from '#db/derived-id.ts'
import type { RoundServer } from '#inboxes/sync/round.ts'
import { anyWish, commandsOf, type Wished } from '../testing/random-wishes.ts'
import { modelServer } from './testing/model-server.ts'
import { newReplica, type Replica } from './testing/replica.ts'

/** `DOCKET_CONVERGENCE_RUNS` asks for more: the long mode. */
const runs = Number(process.env.DOCKET_CONVERGENCE_RUNS ?? 2_000)
const hourMillis = 3_600_000

/** How one request of a round goes wrong, if it does. */
const mishaps = ['none', 'lost', 'answer_lost', 'twice'] as const
type Mishap = (typeof mishaps)[number]

const who = fc.nat(4)
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('wish' as const), who, wish: anyWish }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('sync' as const),
      who,
      mishaps: fc.array(fc.constantFrom(...mishaps, 'none', 'none'), { maxLength: 5 }),
    }),
  },
  // A rule by the clock that several copies run: the same event, recorded more than once.
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rule' as const), who, n: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('back_up' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('server_back_up' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('server_restore' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('clock' as const),
      who,
      hours: fc.integer({ min: -72, max: 72 }),
    }),
  },
)

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

const away = { ok: false, kind: 'away', code: 'unreachable', message: 'lost' } as const

/** The server behind a bad network: requests and answers get lost, and requests come twice. */
function behind(server: RoundServer, list: readonly Mishap[]): RoundServer {
  const left = [...list]
  const through =
    <Input extends unknown[], Output>(call: (...input: Input) => Promise<Output>) =>
    async (...input: Input): Promise<Output | typeof away> => {
      const mishap = left.shift() ?? 'none'
      if (mishap === 'lost') return away
      const answer = await call(...input)
      if (mishap === 'answer_lost') return away
      return mishap === 'twice' ? call(...input) : answer
    }
  return {
    hello: through(server.hello),
    push: through(server.push),
    pull: through(server.pull),
    chainPlace: through(server.chainPlace),
  }
}

/** Rounds of all until nothing moves any more. */
async function settle(replicas: readonly Replica[], server: RoundServer): Promise<void> {
  for (let quiet = 0; quiet < 2; ) {
    let moved = 0
    for (const replica of replicas) {
      const done = await replica.sync(server)
      if (!done.ok) throw new Error(`${replica.name}: ${done.code} ${done.message}`)
      moved += done.value.pushed + done.value.pulled
    }
    quiet = moved === 0 ? quiet + 1 : 0
  }
}

it(
  `${runs} schedules of 2 to 5 copies end with equal states and feeds and nothing lost`,
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 5 }),
        fc.array(step, { minLength: 5, maxLength: 40 }),
        async (count, steps) => {
          const skew = Array.from({ length: count }, () => 0)
          const server = modelServer(Date.now)
          const historyId = uuidv7()
          const replicas = skew.map((_, at) =>
            newReplica(`Member ${at}`, uuidv7(), historyId, () => Date.now() + (skew[at] as number)),
          )
          const wished: Wished = { issues: [], comments: [] }
          const backups = new Map<number, () => void>()
          let restoreServer: (() => void) | undefined
          try {
            for (const each of steps) {
              const at = 'who' in each ? each.who % count : 0
              const replica = replicas[at] as Replica
              if (each.do === 'wish')
                for (const wanted of commandsOf(each.wish, wished, replica.workspace)) replica.execute(wanted)
              else if (each.do === 'rule') {
                const issueId = wished.issues[each.n]
                if (issueId) runRule(replica, issueId, each.n)
              } else if (each.do === 'sync') await replica.sync(behind(server, each.mishaps))
              else if (each.do === 'restart') replica.restart()
              else if (each.do === 'back_up') backups.set(at, replica.backUp())
              else if (each.do === 'restore') {
                // What is lost with the disk is lost; what the server was told of comes back.
                await replica.sync(server)
                backups.get(at)?.()
              } else if (each.do === 'server_back_up') restoreServer = server.snapshot()
              else if (each.do === 'server_restore') restoreServer?.()
              else skew[at] = each.hours * hourMillis
            }
            const acknowledged = new Set(replicas.flatMap((replica) => [...replica.ids()]))
            await settle(replicas, server)
            const [first, ...others] = replicas as [Replica, ...Replica[]]
            for (const other of others) {
              expect(other.digest()).toBe(first.digest())
              expect(other.feed()).toEqual(first.feed())
            }
            for (const id of acknowledged) expect(first.ids().has(id)).toBe(true)
            for (const replica of replicas) replica.check()
          } finally {
            for (const replica of replicas) replica.close()
          }
        },
      ),
      { numRuns: runs, interruptAfterTimeLimit: 20 * 60_000, markInterruptAsFailure: true },
    )
  },
  21 * 60_000,
)
