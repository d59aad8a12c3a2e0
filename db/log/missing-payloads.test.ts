import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { ticksPerMilli } from '#core/events/event-order.ts'
import { madeChain } from '#server/testing/made-chain.ts'
import { unreadableCount } from '../queries/unreadable-count.ts'
import type { ArrivingEvent } from './rows/arriving-event.ts'
import { deriveId } from './rows/derived-id.ts'
import {
  ada,
  arrivalsOf,
  closed,
  feed,
  history,
  issue,
  onIssue,
  open,
  opened,
  pageOf,
  patience,
  runs,
  schedule,
  started,
  whole,
  withoutPayload,
} from './testing/waiting-scene.ts'

describe('events without their payload', () => {
  it(
    'keep their places, count nowhere, and come to the same as ever once their payloads come',
    () => {
      let run = 0
      fc.assert(
        fc.property(history, schedule, (list, { sizes, hidden, indexed }) => {
          run += 1
          const events = arrivalsOf(list)
          const knew = opened(`knew-${run}`)
          knew.log.receive(pageOf(events))
          const given = events.map((each, at) =>
            list[at]?.stripped ? { ...each, event: withoutPayload(each.event) } : each,
          )
          let under = opened(`held-${run}`, hidden[0])
          under.log.receive(pageOf(given))
          if (indexed[0]) under.index()
          const missing = events.filter((_, at) => list[at]?.stripped)
          const gone = new Set(missing.map(({ event }) => event.id))
          expect(feed(under).filter((line) => gone.has(JSON.parse(line)[0]))).toEqual([])
          expect(unreadableCount(under.database, under.log.streamIds)()).toBe(missing.length)
          // A payload of another event, or none, makes nothing whole.
          const forged = missing.map((each) => ({
            ...each,
            event: { ...each.event, data: '{"title":"Forged"}' },
          }))
          expect(under.log.receive(pageOf(forged)).madeWhole).toBe(0)
          expect(under.log.receive(pageOf(given)).madeWhole).toBe(0)
          let made = 0
          const left = [...events]
          for (let turn = 0; left.length > 0; turn++)
            made += under.log.receive(pageOf(left.splice(0, sizes[turn % sizes.length]))).madeWhole
          expect(made).toBe(missing.length)
          closed(under)
          under = opened(`held-${run}`)
          expect(whole(under)).toEqual(whole(knew))
          closed(under)
          closed(knew)
        }),
        { numRuns: runs },
      )
    },
    patience,
  )

  it('hold no place against one of the same id that says what happened', () => {
    const rule = { triggeredBy: 'automation', rule: uuidv7() }
    const id = deriveId('waiting', 'occasion')
    const made = { ...onIssue('title_changed', 1, { from: 'One', to: 'By the rule' }), about: rule, id }
    const honest = madeChain(ada)
    honest.add({ streamId: issue, payload: { title: 'One', status: 'open' }, hlc: started * ticksPerMilli })
    honest.add({ ...made, hlc: (started + 1_000_000_000) * ticksPerMilli })
    const hostile = madeChain(uuidv7())
    hostile.add({ ...made, hlc: (started + 900_000_000) * ticksPerMilli })
    const [empty, ...told] = [
      { chain: hostile.replicaId, event: withoutPayload(hostile.after(0).events[0] as ArrivingEvent) },
      ...honest.after(0).events.map((event) => ({ chain: honest.replicaId, event })),
    ]
    for (const order of [
      [empty, ...told],
      [...told, empty],
    ]) {
      const under = opened(`log-${open.length}`)
      under.log.receive(pageOf(order as { chain: string; event: ArrivingEvent }[]))
      expect(under.log.issue(issue).title).toBe('By the rule')
      expect(feed(under)).toHaveLength(2)
      whole(under)
    }
  })
})
