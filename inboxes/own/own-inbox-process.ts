import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Duplex, Readable } from 'node:stream'
import { z } from 'zod'
import { boundedLines } from './bounded-lines.ts'
import { nodeArguments, prepareStateFolder } from './confinement.ts'
import { harnessSource } from './harness-source.ts'
import { endLeftover, noteProcess } from './leftover-process.ts'
import { fetchFor, fetchRequest } from './own-inbox-fetch.ts'

export type ProcessLimits = {
  /** For starting and loading the file, in milliseconds. */
  readonly loadMillis: number
  /** For each call, in milliseconds. */
  readonly callMillis: number
  readonly heapMegabytes: number
  /** Of all memory of the process, Node's own 50 included. */
  readonly memoryMegabytes: number
}

export const usualProcessLimits: ProcessLimits = {
  loadMillis: 15_000,
  callMillis: 5_000,
  heapMegabytes: 64,
  memoryMegabytes: 320,
}

/** What a user's module exports about itself. */
const loaded = z.object({
  title: z.string().min(1).max(100).optional().catch(undefined),
  types: z.array(z.string().max(100)).max(500).optional().catch(undefined),
  scope: z.enum(['own', 'others', 'all']).catch('own'),
})
export type Loaded = z.infer<typeof loaded>

const processMessage = z.discriminatedUnion('kind', [
  loaded.extend({ kind: z.literal('loaded') }),
  z.object({ kind: z.enum(['failed', 'crashed']), why: z.string().max(2_000) }),
  z.object({
    kind: z.literal('answer'),
    id: z.number(),
    outcome: z.unknown().optional(),
    error: z.string().max(2_000).optional(),
  }),
  fetchRequest.extend({ kind: z.literal('fetch'), id: z.number() }),
])

/** What a call came to: what the inbox answered, what it threw, or why its process had to be stopped. */
export type Called =
  | { readonly kind: 'answered'; readonly outcome: unknown }
  | { readonly kind: 'threw'; readonly why: string }
  | { readonly kind: 'stopped'; readonly why: string }

export type OwnInboxProcess = {
  /** Resolves once the module is loaded; rejects with a sentence's end ("did not load: …") where it can't be. */
  readonly ready: Promise<Loaded>
  call(event: unknown, context: unknown): Promise<Called>
  stop(): void
}

export type OwnInboxProcessOptions = {
  /** The module, as it was trusted. */
  readonly source: string
  /** Its own folder, made where it is missing. */
  readonly folder: string
  /** Hosts that its `fetch` leads to. */
  readonly hosts: readonly string[]
  /** Whether Node's permission model keeps it. */
  readonly confined: boolean
  readonly limits: ProcessLimits
  /** A line that it printed. */
  readonly onPrinted: (line: string) => void
}

/** How often its memory is measured, in milliseconds. */
const measureEvery = 100
/** Bytes of one message, and of all messages between two calls. */
const longestMessage = 2_000_000
const mostBytes = 16_000_000
/** Characters that it may print in a process's life. */
const mostPrinted = 100_000

/** Those that run, so that none outlives the worker. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** What is in memory of a process, in bytes; `undefined` where the system does not tell it for nothing, as only Linux does. */
function residentBytes(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024
  } catch {
    return undefined
  }
}

function start(folder: string, limits: ProcessLimits, confined: boolean): ChildProcess {
  const electron = process.versions.electron !== undefined
  const harness = ['--input-type=module', '--eval', harnessSource]
  return spawn(process.execPath, [...nodeArguments(folder, limits.heapMegabytes, confined), ...harness], {
    cwd: folder,
    // Nothing of what Docket was started with; Windows opens no socket without its root.
    env: {
      ...(electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}),
      ...(process.env.SystemRoot === undefined ? {} : { SystemRoot: process.env.SystemRoot }),
    },
    // A group of its own: what it sends to its group reaches nobody else.
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
}

/** Runs a user's module in a process with one folder, little memory, no environment and a time limit for everything that it does. */
export function startOwnInbox(options: OwnInboxProcessOptions): OwnInboxProcess {
  const { source, folder, hosts, confined, limits, onPrinted } = options
  const ready = Promise.withResolvers<Loaded>()
  ready.promise.catch(() => {})
  const calls = new Map<number, (called: Called) => void>()
  let lastId = 0
  let stopped: string | undefined
  let child: ChildProcess | undefined
  let outOfHeap = false
  let left = mostPrinted
  const fetching = new AbortController()
  const fetchChecked = fetchFor(hosts, limits.callMillis, fetching.signal)

  function stop(why: string): void {
    if (stopped !== undefined) return
    stopped = why
    clearInterval(measuring)
    clearTimeout(loading)
    fetching.abort()
    ready.reject(new Error(why))
    for (const resolve of calls.values()) resolve({ kind: 'stopped', why })
    calls.clear()
    child?.kill('SIGKILL')
  }
  const tooMuchMemory = (megabytes: number) =>
    stop(`used more than ${megabytes} MB of memory and was stopped`)

  // Buffers lie outside of the heap that V8 limits.
  const measuring = setInterval(() => {
    const bytes = child?.pid === undefined ? undefined : residentBytes(child.pid)
    if (bytes !== undefined && bytes > limits.memoryMegabytes * 1e6) tooMuchMemory(limits.memoryMegabytes)
  }, measureEvery)
  measuring.unref()
  const loading = setTimeout(
    () => stop(`did not load within ${limits.loadMillis / 1_000} s and was stopped`),
    limits.loadMillis,
  )

  function print(text: string): void {
    if (text.includes('heap out of memory')) outOfHeap = true
    if (left <= 0) return
    const line = text.slice(0, Math.min(left, 2_000)).trimEnd()
    left -= text.length
    if (line !== '') onPrinted(line)
    if (left <= 0) onPrinted('printed so much that the rest is left out.')
  }

  try {
    prepareStateFolder(folder)
    endLeftover(folder)
    child = start(folder, limits, confined)
    if (child.pid !== undefined) noteProcess(folder, child.pid)
  } catch (error) {
    stop(`did not start: ${(error as Error).message}`)
    return {
      ready: ready.promise,
      call: async () => ({ kind: 'stopped', why: stopped ?? '' }),
      stop: () => {},
    }
  }
  const mine = child
  running.add(mine)
  mine.unref()
  for (const stream of [mine.stdout, mine.stderr] as Readable[]) {
    stream.setEncoding('utf8').on('data', print)
    ;(stream as unknown as { unref(): void }).unref()
  }
  const pipe = mine.stdio[3] as Duplex
  ;(pipe as unknown as { unref(): void }).unref()
  // A message to a process that is gone fails; its exit says why.
  pipe.on('error', () => {})
  const send = (message: unknown) => pipe.write(`${JSON.stringify(message)}\n`)
  const lines = boundedLines({ longest: longestMessage, most: mostBytes, onLine: onMessage, onTooMuch: stop })
  pipe.on('data', lines.take)

  function onMessage(line: string): void {
    if (stopped !== undefined) return
    const message = parsed(line)
    switch (message?.kind) {
      case undefined:
        stop('said something that is no message and was stopped')
        return
      case 'loaded': {
        clearTimeout(loading)
        const { kind: _, ...of } = message
        ready.resolve(of)
        return
      }
      case 'failed':
        stop(`did not load: ${message.why.slice(0, 500)}`)
        return
      case 'crashed':
        stop(`failed: ${message.why.slice(0, 500)}`)
        return
      case 'fetch': {
        const { kind: _, id, ...request } = message
        void fetchChecked(request).then(
          (answer) => stopped === undefined && send({ kind: 'fetched', id, ...answer }),
        )
        return
      }
      case 'answer':
        calls.get(message.id)?.(
          message.error === undefined
            ? { kind: 'answered', outcome: message.outcome }
            : { kind: 'threw', why: message.error },
        )
        calls.delete(message.id)
    }
  }

  mine.on('error', (error) => stop(`did not start: ${error.message}`))
  // Its last messages arrive after its exit, and may say why.
  const lastMessages = Promise.all(
    [mine.stdout, mine.stderr, pipe].map((stream) => ended(stream as Readable)),
  )
  mine.on('exit', async (_code, signal) => {
    running.delete(mine)
    await lastMessages
    pipe.destroy()
    if (outOfHeap) tooMuchMemory(limits.heapMegabytes)
    else stop(signal === null ? 'ended by itself' : `was ended by ${signal}`)
  })
  send({
    kind: 'load',
    module: `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`,
    confined,
  })

  return {
    ready: ready.promise,
    call(event, context) {
      if (stopped !== undefined) return Promise.resolve({ kind: 'stopped', why: stopped })
      lastId += 1
      const id = lastId
      lines.again()
      return new Promise((resolve) => {
        const timer = setTimeout(
          () => stop(`did not answer within ${limits.callMillis / 1_000} s and was stopped`),
          limits.callMillis,
        )
        calls.set(id, (called) => {
          clearTimeout(timer)
          resolve(called)
        })
        send({ kind: 'call', id, event, context })
      })
    },
    stop: () => stop('was switched off'),
  }
}

const ended = (stream: Readable): Promise<void> =>
  new Promise((resolve) => void stream.once('end', resolve).once('close', resolve).once('error', resolve))

function parsed(line: string): z.infer<typeof processMessage> | undefined {
  try {
    return processMessage.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
