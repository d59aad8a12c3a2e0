import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HostMessage } from '#contract/answers/answers.ts'
import { createOutbox } from './outbox.ts'

const changedMessage = fc.record({
  kind: fc.constant('changed' as const),
  position: fc.nat(10_000),
  issues: fc.option(fc.array(fc.stringMatching(/^[a-f]{1,3}$/), { maxLength: 5 })),
  directory: fc.boolean(),
})

test('however many changes wait, one message tells all of them', () => {
  fc.assert(
    fc.property(fc.array(changedMessage, { minLength: 1 }), (messages) => {
      const outbox = createOutbox()
      for (const message of messages) outbox.add(message)
      const [merged, ...rest] = outbox.take() as (typeof messages)[number][]
      expect(rest).toEqual([])
      expect(merged?.position).toBe(Math.max(...messages.map((message) => message.position)))
      expect(merged?.directory).toBe(messages.some((message) => message.directory))
      const all = messages.some((message) => message.issues === null)
      if (all) expect(merged?.issues).toBeNull()
      else
        expect(new Set(merged?.issues)).toEqual(new Set(messages.flatMap((message) => message.issues ?? [])))
      expect(outbox.size).toBe(0)
    }),
  )
})

test('more names than a window would look at become "many"', () => {
  const outbox = createOutbox()
  for (let position = 1; position <= 600; position++)
    outbox.add({ kind: 'changed', position, issues: [`${position}`], directory: false })
  expect(outbox.take()).toEqual([{ kind: 'changed', position: 600, issues: null, directory: false }])
})

test('of a job and of the worker only the latest is told, and the box stays small', () => {
  const job = (id: string, done: number): HostMessage => ({
    kind: 'job',
    job: {
      id,
      kind: 'import',
      title: id,
      state: 'running',
      progress: { done, total: 9, unit: 'issues' },
      result: null,
      error: null,
      startedAt: 0,
      downloads: false,
      endedAt: null,
    },
  })
  const outbox = createOutbox()
  for (let done = 0; done < 10; done++) {
    outbox.add(job('a', done))
    outbox.add(job('b', done))
    outbox.add({ kind: 'worker', state: done < 9 ? 'restarting' : 'running', detail: null })
  }
  expect(outbox.take()).toEqual([
    job('a', 9),
    job('b', 9),
    { kind: 'worker', state: 'running', detail: null },
  ])
  for (let place = 0; place < 1_000; place++) outbox.add({ kind: 'navigate', to: `/issue/DOC-${place}` })
  expect(outbox.size).toBeLessThanOrEqual(100)
})
