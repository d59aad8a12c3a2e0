import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ParseAnswer, ParseRequest } from './markdown-worker.ts'
import { parserAside } from './parse-aside.ts'
import { parseMarkdown } from './parse-markdown.ts'

const names = { prefixes: ['DOC'], handles: [['ada', 'id-of-ada']] as const }

/** A thread that answers, but never comes back from a text that says "for ever" and gives up on one that says "too deep". */
function thread() {
  const one = {
    onmessage: null as ((event: MessageEvent<ParseAnswer>) => void) | null,
    onerror: null,
    terminate: vi.fn(),
    postMessage({ text, names: wanted }: ParseRequest): void {
      if (text.includes('for ever')) return
      const data = text.includes('too deep') ? null : parseMarkdown(text, wanted)
      queueMicrotask(() => one.onmessage?.({ data } as MessageEvent<ParseAnswer>))
    },
  }
  return one
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('a text that takes too long is given up with its thread, and those behind it are parsed', async () => {
  const threads: ReturnType<typeof thread>[] = []
  const parser = parserAside(() => {
    const one = thread()
    threads.push(one)
    return one as never
  })
  const slow = parser.parse('for ever', names, 2_000)
  const deep = parser.parse('too deep', names, 2_000)
  const fine = parser.parse('see DOC-1, @ada', names, 2_000)
  await vi.advanceTimersByTimeAsync(1_999)
  expect(threads[0]?.terminate).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(await slow).toEqual({ state: 'slow' })
  expect(threads[0]?.terminate).toHaveBeenCalled()
  expect(await deep).toEqual({ state: 'failed' })
  expect(await fine).toMatchObject({ state: 'parsed' })
  expect(JSON.stringify(await fine)).toContain('#docket-member:id-of-ada')
  expect(threads).toHaveLength(2)
  expect(parser.known('see DOC-1, @ada', names)).toEqual(await fine)
})

it('where no thread can be started, the text is shown as it was typed', async () => {
  const parser = parserAside(() => {
    throw new Error('no workers here')
  })
  expect(await parser.parse('anything', names, 2_000)).toEqual({ state: 'failed' })
  expect(await parser.parse('else', names, 2_000)).toEqual({ state: 'failed' })
})
