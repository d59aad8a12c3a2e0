import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { threadSource } from './thread-source.ts'

export type ThreadLimits = {
  /** For loading the file, and for each call, in milliseconds. */
  readonly callMillis: number
  readonly heapMegabytes: number
  /** Of buffers outside of the heap, in bytes. */
  readonly externalBytes: number
}

export const usualLimits: ThreadLimits = { callMillis: 5_000, heapMegabytes: 64, externalBytes: 256e6 }

/** What a user's module says of itself. */
const loaded = z.object({
  title: z.string().min(1).max(100).optional().catch(undefined),
  types: z.array(z.string()).optional().catch(undefined),
  scope: z.enum(['own', 'others', 'all']).catch('own'),
})
export type Loaded = z.infer<typeof loaded>

const answer = z.object({ id: z.number(), outcome: z.unknown().optional(), error: z.string().optional() })

/** What a call came to: what the inbox answered, what it threw, or why its thread had to be stopped. */
export type Called =
  | { readonly kind: 'answered'; readonly outcome: unknown }
  | { readonly kind: 'threw'; readonly why: string }
  | { readonly kind: 'stopped'; readonly why: string }

export type OwnInboxThread = {
  /** Resolves once the module is loaded; rejects with a sentence's end ("did not load: …") where it can't be. */
  readonly ready: Promise<Loaded>
  call(event: unknown, context: unknown): Promise<Called>
  stop(): void
}

const lookEvery = 100

/** Runs a user's module in a thread with little memory, no environment and a time limit for everything that it does. */
export function startOwnInbox(
  source: string,
  limits: ThreadLimits,
  hear: (line: string) => void,
): OwnInboxThread {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(threadSource)}`), {
    workerData: { module: `data:text/javascript;base64,${Buffer.from(source).toString('base64')}` },
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytes },
    env: {},
    stdin: false,
    stdout: true,
    stderr: true,
  })
  worker.unref()
  for (const stream of [worker.stdout, worker.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => hear(text.slice(0, 2_000).trimEnd()))

  const ready = Promise.withResolvers<Loaded>()
  const calls = new Map<number, (called: Called) => void>()
  let lastId = 0
  let stopped: string | undefined

  function stop(why: string): void {
    if (stopped !== undefined) return
    stopped = why
    clearInterval(looking)
    clearTimeout(loading)
    ready.reject(new Error(why))
    for (const resolve of calls.values()) resolve({ kind: 'stopped', why })
    calls.clear()
    void worker.terminate()
  }

  // Buffers lie outside of the heap that V8 limits; looked at also while the thread is busy, by an interrupt.
  const looking = setInterval(() => {
    worker
      .getHeapStatistics()
      .then(({ external_memory }) => {
        if (external_memory > limits.externalBytes)
          stop(`used more than ${Math.round(limits.externalBytes / 1e6)} MB of memory and was stopped`)
      })
      .catch(() => {})
  }, lookEvery)
  looking.unref()
  const loading = setTimeout(
    () => stop(`did not load within ${limits.callMillis / 1_000} s and was stopped`),
    limits.callMillis,
  )

  worker.on('message', (message: { kind?: unknown; why?: unknown }) => {
    if (message.kind === 'loaded') {
      clearTimeout(loading)
      ready.resolve(loaded.parse(message))
    } else if (message.kind === 'failed') stop(`did not load: ${String(message.why).slice(0, 500)}`)
    else {
      const { success, data } = answer.safeParse(message)
      if (!success) return
      calls.get(data.id)?.(
        data.error === undefined
          ? { kind: 'answered', outcome: data.outcome }
          : { kind: 'threw', why: data.error },
      )
      calls.delete(data.id)
    }
  })
  worker.on('error', (error: NodeJS.ErrnoException) =>
    stop(
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? `used more than ${limits.heapMegabytes} MB of memory and was stopped`
        : `failed: ${String(error.message).slice(0, 500)}`,
    ),
  )
  worker.on('exit', () => stop('ended by itself'))
  ready.promise.catch(() => {})

  return {
    ready: ready.promise,
    call(event, context) {
      if (stopped !== undefined) return Promise.resolve({ kind: 'stopped', why: stopped })
      lastId += 1
      const id = lastId
      return new Promise((resolve) => {
        const timer = setTimeout(
          () => stop(`did not answer within ${limits.callMillis / 1_000} s and was stopped`),
          limits.callMillis,
        )
        calls.set(id, (called) => {
          clearTimeout(timer)
          resolve(called)
        })
        worker.postMessage({ id, event, context })
      })
    },
    stop: () => stop('was switched off'),
  }
}
