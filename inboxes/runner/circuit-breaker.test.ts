import { expect, it } from 'vitest'
import { circuit } from './circuit-breaker.ts'

/** A circuit with a clock that is moved by hand. */
function timed(atOnce: number) {
  let at = 1_000
  const made = circuit({ failures: 3, restMillis: 100, atOnce }, () => at)
  return {
    ...made,
    pass: (millis: number) => {
      at += millis
    },
    fail: () => made.begin()(true),
    work: () => made.begin()(false),
  }
}

it('opens after failures in a row, is probed by one after its rest, and closes once that works', () => {
  const one = timed(4)
  one.fail()
  one.fail()
  one.work()
  one.fail()
  one.fail()
  expect(one.restMillis()).toBe(0)
  one.fail()
  expect([one.room(), one.restMillis()]).toEqual([0, 100])
  one.pass(99)
  expect([one.room(), one.restMillis()]).toEqual([0, 1])
  one.pass(1)
  expect(one.room()).toBe(1)
  const probe = one.begin()
  expect(one.room()).toBe(0)
  probe(true)
  expect(one.restMillis()).toBe(100)
  one.pass(100)
  one.work()
  expect([one.room(), one.restMillis()]).toEqual([4, 0])
})

it('has no more under way than it takes to open it, once a first one failed', () => {
  const one = timed(3)
  const ends = [one.begin(), one.begin(), one.begin()]
  expect(one.room()).toBe(0)
  ends[0]?.(true)
  expect(one.room()).toBe(0)
  ends[1]?.(false)
  expect(one.room()).toBe(2)
})

it('what was cut off says nothing: a probe is followed by another', () => {
  const one = timed(1)
  for (let n = 0; n < 3; n++) one.fail()
  one.pass(100)
  one.begin()(undefined)
  expect([one.room(), one.restMillis()]).toEqual([1, 0])
})
