import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventRegistry } from '#core/event-registry.ts'
import { totalOrder } from '#core/events/event-order.ts'
import { openDatabase } from '../sqlite/open-database.ts'
import { asynchronousProjections } from './asynchronous-projections.ts'
import { openEventLog } from './event-log.ts'
import { rebuildProjections } from './rebuild.ts'
import {
  type Copy,
  catchUp,
  cleanups,
  commented,
  copyOf,
  corrected,
  created,
  day,
  digest,
  expectAsFolded,
  founder,
  issue,
  made,
  noted,
  options,
  other,
  start,
  stranger,
  workspace,
} from './testing/corrected-copies.ts'
import { projectionProblems } from './verify-projections.ts'

describe('times that were corrected', () => {
  it('of many events come in pieces, each whole in itself, and go on where they were left', () => {
    const copies = [copyOf(founder), copyOf(other)] as const
    const [ours, theirs] = copies
    ours.record(made, workspace)
    for (let n = 1; n <= 4; n++) ours.record(created, issue(n))
    for (let n = 0; n < 400; n++) ours.record(commented(), issue(1 + (n % 4)), start + 30 * day + n)
    catchUp(ours)
    theirs.pull(ours)
    catchUp(theirs)
    const whole = corrected(ours.chain(), 3, 390, -20 * day)
    ours.record(whole, workspace, start + 1)
    theirs.pull(ours)
    for (const copy of copies) {
      const moved = () =>
        Number(copy.database.client.prepare('SELECT count(*) FROM corrected_times').pluck().get())
      const { log } = copy
      expect(log.corrections.pending()).toBe(true)
      expect(moved()).toBeGreaterThan(0)
      expect(moved()).toBeLessThan(100)
      // What is there is what the events come to with the part of the correction that has its effect.
      const before = moved()
      expect(
        projectionProblems(copy.database.file, { registry: eventRegistry() }).map((each) => each.projection),
      ).toEqual([])
      expect(log.correctOn(40)).toBe(true)
      expect(moved()).toBe(before + 40)
      expect(projectionProblems(copy.database.file, { registry: eventRegistry() })).toEqual([])
    }
    // Another correction in the middle, of which a part has its effect already, and one that arrives with what it is of.
    ours.record(corrected(ours.chain(), 50, 300, 5 * day), workspace, start + 2)
    ours.record(commented(), issue(1), start + 30 * day)
    theirs.pull(ours)
    for (const copy of copies) {
      // As after a start: nothing is remembered but what the file says.
      const opened = openDatabase(copy.database.file, { durability: 'NORMAL' })
      if (!opened.ok) throw new Error(opened.error.message)
      const log = openEventLog(opened.value, options)
      const behind = asynchronousProjections(opened.value, log)
      for (let steps = 0; log.corrections.pending(); steps++) {
        expect(steps).toBeLessThan(100)
        behind.step(30)
      }
      while (behind.step(100));
      opened.value.client.close()
      expectAsFolded(copy)
      expect(projectionProblems(copy.database.file, { registry: eventRegistry() })).toEqual([])
      expect(rebuildProjections(copy.database, options).repaired).toEqual([])
    }
    expect(digest(ours)).toBe(digest(theirs))
  })

  it('come to the same on copies that met in any order, and to what a fold with the corrected times is', () => {
    const step = fc.record({
      by: fc.nat(1),
      kind: fc.constantFrom('write', 'write', 'write', 'correct', 'stranger', 'owners', 'pull'),
      n: fc.integer({ min: 1, max: 2 }),
      of: fc.nat(1),
      from: fc.integer({ min: 1, max: 14 }),
      length: fc.nat(12),
      millis: fc.integer({ min: -500, max: 500 }),
      most: fc.integer({ min: 1, max: 4 }),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 4, maxLength: 24 }), (steps) => {
        const copies = [copyOf(founder), copyOf(other)] as const
        copies[0].record(made, workspace)
        copies[0].record(created, issue(1))
        copies[1].record(created, issue(2))
        for (const { by, kind, n, of, from, length, millis, most } of steps) {
          const copy = copies[by] as Copy
          const peer = copies[1 - by] as Copy
          if (kind === 'pull') copy.pull(peer, most)
          else if (kind === 'owners') {
            const named = [founder, other, stranger].filter((_, at) => (length & (1 << at)) !== 0)
            copy.record(noted(...(named.length > 0 ? named : [founder])), workspace)
          } else if (kind === 'write')
            copy.record(
              copy.log.streamVersion(issue(n)) === 0 ? created : commented(),
              issue(n),
              start + millis * day,
            )
          else {
            const chain = (copies[of] as Copy).chain()
            const event = corrected(chain, from, from + length, (millis || 1) * day + 1)
            copy.record(event, workspace, start, kind === 'stranger' ? stranger : undefined)
          }
          if (from === 1) catchUp(copy)
        }
        copies[0].pull(copies[1])
        copies[1].pull(copies[0])
        for (const copy of copies) {
          catchUp(copy)
          expectAsFolded(copy)
          expect(rebuildProjections(copy.database, options).repaired).toEqual([])
        }
        expect(digest(copies[0])).toBe(digest(copies[1]))
        const order = (copy: Copy) =>
          copy.log
            .readAll(0 as never, 1_000)
            .toSorted(totalOrder)
            .map(({ id, occurredAt }) => [id, occurredAt])
        expect(order(copies[0])).toEqual(order(copies[1]))
        for (const clean of cleanups.splice(0)) clean()
      }),
      { numRuns: 25 },
    )
  }, 120_000)
})
