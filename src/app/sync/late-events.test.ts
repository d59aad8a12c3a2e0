import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { expect, it } from 'vitest'
import { ticksPerMilli } from '#core/events/event-order.ts'
import { type MadeChain, madeChain } from '#server/testing/made-chain.ts'
import { newReplica } from './testing/replica.ts'

const statuses = ['open', 'in_progress', 'resolved']
const kinds = [
  'created',
  'title_changed',
  'description_changed',
  'priority_changed',
  'status_changed',
  'commented',
  'comment_edited',
  'comment_deleted',
  'labeled',
  'unlabeled',
  'linked',
  'unlinked',
  'archived',
  'restored',
  'field_changed',
  'viewed',
] as const
/** Whose event, of what kind, from and to which of a few values. */
const made = fc.record({
  chain: fc.nat({ max: 2 }),
  kind: fc.constantFrom(...kinds),
  from: fc.nat({ max: 2 }),
  to: fc.nat({ max: 2 }),
  comment: fc.nat({ max: 4 }),
})
/** How much of which chain arrives next, and how many events search then works off. */
const heard = fc.record({
  chain: fc.nat({ max: 2 }),
  events: fc.integer({ min: 1, max: 4 }),
  step: fc.nat({ max: 5 }),
})
type Made = typeof made extends fc.Arbitrary<infer T> ? T : never

const commentIds = ['a', 'b', 'c', 'd', 'e'].map(() => uuidv7())
const labelIds = ['a', 'b', 'c'].map(() => uuidv7())
const targets = ['a', 'b', 'c'].map(() => uuidv7())
const priorities = ['none', 'low', 'high']

function payloadOf({ kind, from, to, comment }: Made, n: number): [schemaVersion: number, payload: unknown] {
  switch (kind) {
    case 'created':
      return [3, { title: `Title ${to}`, description: `Text ${n}`, status: 'open' }]
    case 'title_changed':
      return [1, { from: `Title ${from}`, to: `Title ${to}` }]
    case 'description_changed':
      return [2, { to: `Text ${n}` }]
    case 'priority_changed':
      return [2, { from: priorities[from], to: priorities[to] }]
    case 'status_changed':
      return [1, { from: statuses[from], to: statuses[to], transition: 'start' }]
    case 'commented':
      return [2, { commentId: commentIds[comment], body: `Comment ${n}` }]
    case 'comment_edited':
      return [3, { commentId: commentIds[comment], body: `Edited ${n}` }]
    case 'comment_deleted':
      return [2, { commentId: commentIds[comment] }]
    case 'labeled':
    case 'unlabeled':
      return [1, { labelId: labelIds[to] }]
    case 'linked':
    case 'unlinked':
      return [1, { kind: 'blocks', target: targets[to] }]
    case 'field_changed':
      return [1, { field: 'Team', from, to }]
    default:
      return [1, {}]
  }
}

/** `DOCKET_LATE_RUNS` asks for more. */
it('whatever happened to an issue and in whatever order it arrives, what is shown and found is what a rebuild makes', () => {
  fc.assert(
    fc.property(
      fc.array(made, { maxLength: 16 }),
      fc.nat({ max: 4 }),
      fc.array(heard, { maxLength: 16 }),
      (events, first, hearings) => {
        const replica = newReplica('One', uuidv7(), uuidv7())
        try {
          const [streamId, start] = [uuidv7(), Date.now() - 60_000]
          const chains = [0, 1, 2].map(() => madeChain(uuidv7()))
          // Mostly an issue is created before all else; a clock that is wrong or a copy that lies may say otherwise.
          // A comment's id is new with it, so it is begun once.
          const begun = new Set<number>()
          const possible = events.filter(
            ({ kind, comment }) => kind !== 'commented' || (!begun.has(comment) && begun.add(comment)),
          )
          const whole = possible.toSpliced(first === 4 ? possible.length : 0, 0, {
            chain: 0,
            kind: 'created',
            from: 0,
            to: 0,
            comment: 0,
          })
          for (const [n, event] of whole.entries()) {
            const [schemaVersion, payload] = payloadOf(event, n)
            const at = start + n
            const header = {
              type: event.kind,
              schemaVersion,
              streamId,
              hlc: at * ticksPerMilli,
              occurredAt: at,
            }
            chains[event.chain]?.add({ ...header, payload })
          }
          const seen = [0, 0, 0]
          const hear = (at: number, count: number): void => {
            const { replicaId, after } = chains[at] as MadeChain
            const next = after(seen[at] ?? 0).events.slice(0, count)
            seen[at] = (seen[at] ?? 0) + next.length
            replica.workspace.log.receive({
              chains: [{ chain: replicaId, replicaId }],
              events: next.map((event) => ({ chain: 0, event })),
            })
          }
          for (const { chain, events: count, step } of hearings) {
            hear(chain, count)
            if (step > 0) replica.workspace.projections.step(step)
          }
          for (const at of [0, 1, 2]) hear(at, whole.length)
          expect(replica.workspace.log.readStream({ type: 'issue', id: streamId })).toHaveLength(whole.length)
          const live = replica.digest()
          replica.check()
          replica.restart()
          expect(replica.digest()).toBe(live)
        } finally {
          replica.close()
        }
      },
    ),
    { numRuns: Number(process.env.DOCKET_LATE_RUNS ?? 300) },
  )
}, 600_000)

it('a link that was taken away and made again while somebody was offline is there when they hear of both at once', () => {
  const replica = newReplica('One', uuidv7(), uuidv7())
  const [streamId, chain] = [uuidv7(), madeChain(uuidv7())]
  const link = { streamId, schemaVersion: 1, payload: { kind: 'blocks', target: uuidv7() } }
  const hear = (after: number) =>
    replica.workspace.log.receive({
      chains: [{ chain: chain.replicaId, replicaId: chain.replicaId }],
      events: chain.after(after).events.map((event) => ({ chain: 0, event })),
    })
  chain.add({ streamId })
  chain.add({ ...link, type: 'linked' })
  hear(0)
  chain.add({ ...link, type: 'unlinked' })
  chain.add({ ...link, type: 'linked' })
  hear(2)
  replica.check()
  replica.close()
})
