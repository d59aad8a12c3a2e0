import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type EventRegistry, eventRegistry } from '#core/event-registry.ts'
import type { NewEvent } from '#core/events/event.ts'
import type { Position } from '#core/values/ids.ts'
import { ConcurrencyError, type EventLog, InvalidEventError, type StreamRef } from './event-log.ts'

export type LogUnderTest = { readonly log: EventLog; close(): void }
type Make = (options: { registry: EventRegistry; now: () => number; newId: () => string }) => LogUnderTest

const actorId = '00000000-0000-7000-8000-0000000000aa'
const issue = (n: number): StreamRef => ({
  type: 'issue',
  id: `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`,
})

/** The rules that every event log keeps; run over each implementation. */
export function eventLogContract(name: string, make: Make): void {
  describe(`${name}: the event log's contract`, () => {
    let clock = 1_700_000_000_000
    let counter = 0
    let under: LogUnderTest
    const newId = (): string => `00000000-0000-7000-9000-${(++counter).toString(16).padStart(12, '0')}`
    const commented = (body: string, id = newId()): NewEvent => ({
      id,
      type: 'commented',
      actorId,
      data: { commentId: id, body },
    })
    const created = (title: string): NewEvent => ({
      id: newId(),
      type: 'created',
      actorId,
      data: { title, status: 'open' },
    })

    beforeEach(() => {
      clock = 1_700_000_000_000
      under = make({ registry: eventRegistry(), now: () => clock, newId })
    })
    afterEach(() => under.close())

    it('an appended event is read back with its place in the stream, the log and the chain', () => {
      const { log } = under
      const { events, streamVersion, position } = log.append(issue(1), [created('One'), commented('Hello')])
      expect(streamVersion).toBe(2)
      expect(position).toBe(2)
      expect(events.map((event) => [event.position, event.streamVersion, event.replicaSeq])).toEqual([
        [1, 1, 1],
        [2, 2, 2],
      ])
      expect(log.readStream(issue(1))).toEqual(events)
      expect(log.readAll(0 as Position)).toEqual(events)
    })

    it('a stale expected version is refused with the actual one and changes nothing', () => {
      const { log } = under
      log.append(issue(1), [created('One')])
      let caught: unknown
      try {
        log.append(issue(1), [commented('late')], { expectedVersion: 0 })
      } catch (error) {
        caught = error
      }
      expect(caught).toBeInstanceOf(ConcurrencyError)
      expect((caught as ConcurrencyError).actualVersion).toBe(1)
      expect(log.position()).toBe(1)
      expect(log.append(issue(1), [commented('on time')], { expectedVersion: 1 }).streamVersion).toBe(2)
    })

    it('an expected version of 0 makes a new stream', () => {
      expect(under.log.append(issue(9), [created('New')], { expectedVersion: 0 }).streamVersion).toBe(1)
    })

    it('an event whose id is known is not written again', () => {
      const { log } = under
      log.append(issue(1), [created('One')])
      const event = commented('once')
      log.append(issue(1), [event])
      expect(log.append(issue(1), [event]).events).toEqual([])
      expect(log.position()).toBe(2)
    })

    it.each([
      ['a present-tense type', 'change_status'],
      ['a type nobody registered', 'exploded'],
      ['a type with blanks', 'status changed'],
    ])('%s is refused and nothing of the call is written', (_, type) => {
      const { log } = under
      expect(() => log.append(issue(1), [created('One'), { id: newId(), type, actorId, data: {} }])).toThrow(
        InvalidEventError,
      )
      expect(log.position()).toBe(0)
      expect(log.readStream(issue(1))).toEqual([])
    })

    it('a payload of the wrong shape is refused', () => {
      expect(() =>
        under.log.append(issue(1), [{ id: newId(), type: 'commented', actorId, data: { body: 5 } }]),
      ).toThrow(InvalidEventError)
      expect(under.log.position()).toBe(0)
    })

    it('record drops a repeat of the same stream, actor and type within the window, and keeps the next after it', () => {
      const { log } = under
      const view = (): NewEvent => ({ id: newId(), type: 'viewed', actorId, data: {} })
      log.append(issue(1), [created('One')])
      expect(log.record(issue(1), view(), { throttle: 300_000 })).toBeDefined()
      clock += 299_000
      expect(log.record(issue(1), view(), { throttle: 300_000 })).toBeUndefined()
      expect(
        log.record(
          issue(1),
          { ...view(), actorId: '00000000-0000-7000-8000-0000000000bb' },
          { throttle: 300_000 },
        ),
      ).toBeDefined()
      clock += 2_000
      expect(log.record(issue(1), view(), { throttle: 300_000 })).toBeDefined()
      expect(log.position()).toBe(4)
    })

    it('pages of any size read the whole log in order, each event once', () => {
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 30 }),
          fc.integer({ min: 1, max: 7 }),
          (streams, size) => {
            const fresh = make({ registry: eventRegistry(), now: () => clock, newId })
            try {
              for (const n of streams) fresh.log.append(issue(n), [commented(`to ${n}`)])
              const read: number[] = []
              for (let after = 0 as Position; ; ) {
                const page = fresh.log.readAll(after, size)
                if (page.length === 0) break
                read.push(...page.map((event) => event.position))
                after = page.at(-1)?.position as Position
              }
              expect(read).toEqual(streams.map((_, index) => index + 1))
              for (const n of new Set(streams)) {
                const versions = fresh.log.readStream(issue(n)).map((event) => event.streamVersion)
                expect(versions).toEqual(versions.map((_, index) => index + 1))
              }
            } finally {
              fresh.close()
            }
          },
        ),
        { numRuns: 40 },
      )
    })

    it('the hybrid clock never runs back, though the wall clock does', () => {
      const { log } = under
      log.append(issue(1), [created('One')])
      clock -= 86_400_000
      log.append(issue(1), [commented('yesterday?')])
      const [first, second] = log.readAll(0 as Position)
      expect(second?.hlc).toBeGreaterThan(first?.hlc ?? 0)
    })

    it('hashes are chained: the same events at another place have other hashes', () => {
      const { log } = under
      const { events } = log.append(issue(1), [commented('a'), commented('a')])
      expect(events[0]?.hash).toMatch(/^[0-9a-f]{64}$/)
      expect(events[0]?.hash).not.toBe(events[1]?.hash)
    })
  })
}
