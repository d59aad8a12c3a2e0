import type { ParseAnswer, ParseRequest } from './markdown-worker.ts'
import type { LinkNames, ParsedText } from './parse-markdown.ts'

/** What came of a text: parsed, given up after too long, or nothing that can be laid out. */
export type Parsing =
  | { readonly state: 'parsed'; readonly parsed: ParsedText }
  | { readonly state: 'slow' }
  | { readonly state: 'failed' }

type Thread = Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror'>
type Job = {
  readonly request: ParseRequest
  readonly millis: number
  readonly done: (parsing: Parsing) => void
}

/** How long a text may take by itself, and where a person asked for it, in milliseconds. */
export const patience = { unasked: 2_000, asked: 30_000 } as const
const kept = 60

/** Parses texts one at a time on a thread of their own, which is ended where one takes too long. @param start makes such a thread */
export function parserAside(start: () => Thread) {
  const waiting: Job[] = []
  const known = new Map<string, Parsing>()
  let thread: Thread | undefined
  let busy = false

  function next(): void {
    const job = busy ? undefined : waiting.shift()
    if (!job) return
    busy = true
    const finish = (parsing: Parsing, ended: boolean): void => {
      clearTimeout(timer)
      if (ended) {
        thread?.terminate()
        thread = undefined
      }
      busy = false
      job.done(parsing)
      next()
    }
    const timer = setTimeout(() => finish({ state: 'slow' }, true), job.millis)
    try {
      thread ??= start()
    } catch {
      finish({ state: 'failed' }, true)
      return
    }
    thread.onmessage = ({ data }: MessageEvent<ParseAnswer>) =>
      finish(data === null ? { state: 'failed' } : { state: 'parsed', parsed: data }, false)
    thread.onerror = () => finish({ state: 'failed' }, true)
    thread.postMessage(job.request)
  }

  const keyOf = (text: string, names: LinkNames): string => JSON.stringify([text, names])
  return {
    /** What came of this text before; the newest few are kept. */
    known: (text: string, names: LinkNames): Parsing | undefined => known.get(keyOf(text, names)),
    parse(text: string, names: LinkNames, millis: number): Promise<Parsing> {
      return new Promise((resolve) => {
        const done = (parsing: Parsing): void => {
          const key = keyOf(text, names)
          known.delete(key)
          known.set(key, parsing)
          const [oldest] = known.keys()
          if (known.size > kept && oldest !== undefined) known.delete(oldest)
          resolve(parsing)
        }
        waiting.push({ request: { text, names }, millis, done })
        next()
      })
    },
  }
}

/** The window's one. */
export const aside = parserAside(
  () => new Worker(new URL('./markdown-worker.ts', import.meta.url), { type: 'module' }),
)
