import fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import type { Nudge } from '#contract/sync-api/nudges.ts'
import { readNudges } from './nudge-stream.ts'

afterEach(() => void vi.useRealTimers())

async function* chunks(text: string, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  let from = 0
  for (const cut of [...cuts.map((each) => each % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    yield bytes.subarray(from, Math.max(from, cut))
    from = Math.max(from, cut)
  }
}

async function read(
  text: string,
  cuts: readonly number[] = [],
): Promise<{ heard: Nudge[]; ends: number; opened: number }> {
  const heard: Nudge[] = []
  let [ends, opened] = [0, 0]
  await readNudges(
    {
      signal: new AbortController().signal,
      onOpen: () => void opened++,
      onNudge: (nudge) => heard.push(nudge),
      onEnd: () => void ends++,
    },
    async () => chunks(text, cuts),
  )
  return { heard, ends, opened }
}

it('nudges are heard however the stream is cut, comments and strangers are passed over', async () => {
  const text =
    ': here\n\nevent: nudge\ndata: {"seq":4}\n\n: alive\n\nevent: weather\ndata: {"seq":9}\n\nevent: nudge\ndata: é{\n\nevent: nudge\ndata: {"seq":5}\n\n'
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(200), { maxLength: 6 }), async (cuts) => {
      expect(await read(text, cuts)).toEqual({ heard: [{ seq: 4 }, { seq: 5 }], ends: 1, opened: 1 })
    }),
  )
})

it('a stream that can not be opened has ended', async () => {
  let ends = 0
  await readNudges(
    { signal: new AbortController().signal, onOpen: () => {}, onNudge: () => {}, onEnd: () => void ends++ },
    async () => {
      throw new Error('nobody there')
    },
  )
  expect(ends).toBe(1)
})

/** A stream that says something once and then nothing, until it is given up. */
async function* silent(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(': here\n\n')
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

it('silence ends it', async () => {
  let ends = 0
  await readNudges(
    {
      signal: new AbortController().signal,
      onOpen: () => {},
      onNudge: () => {},
      onEnd: () => void ends++,
      silenceMillis: 30,
    },
    async (signal) => silent(signal),
  )
  expect(ends).toBe(1)
})

it('who stopped listening is not told of the end', async () => {
  const stop = new AbortController()
  let ends = 0
  await readNudges(
    {
      signal: stop.signal,
      onOpen: () => setImmediate(() => stop.abort()),
      onNudge: () => {},
      onEnd: () => void ends++,
    },
    async (signal) => silent(signal),
  )
  expect(ends).toBe(0)
})

it.each([
  ['comments keep it alive', 39, 20, [{ seq: 6 }]],
  ['one silence too long ends it', 41, 1, []],
] as const)('%s', async (_, gapMillis, said, heardThen) => {
  vi.useFakeTimers()
  const heard: Nudge[] = []
  let [ends, comments] = [0, 0]
  await readNudges(
    {
      signal: new AbortController().signal,
      onOpen: () => {},
      onNudge: (nudge) => heard.push(nudge),
      onEnd: () => void ends++,
      silenceMillis: 40,
    },
    async (signal) =>
      (async function* () {
        for (let at = 0; at < 20; at++) {
          yield new TextEncoder().encode(': here\n\n')
          comments += 1
          vi.advanceTimersByTime(gapMillis)
          signal.throwIfAborted()
        }
        yield new TextEncoder().encode('event: nudge\ndata: {"seq":6}\n\n')
      })(),
  )
  expect({ heard, comments, ends }).toEqual({ heard: heardThen, comments: said, ends: 1 })
})

it('a stream that never comes to the end of a line is given up before it fills the memory', async () => {
  let [ends, chunksTaken] = [0, 0]
  const endless = async function* () {
    for (; chunksTaken < 1_000; chunksTaken++) yield new TextEncoder().encode('x'.repeat(100_000))
  }
  await readNudges(
    {
      signal: new AbortController().signal,
      onOpen: () => {},
      onNudge: () => {},
      onEnd: () => void ends++,
    },
    async () => endless(),
  )
  expect(ends).toBe(1)
  expect(chunksTaken).toBeLessThan(10)
})
