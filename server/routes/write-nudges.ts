import type { streamSSE } from 'hono/streaming'
import { type ClosedStream, closedStream, type Nudge } from '#contract/sync-api/nudges.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { ServerDatabase } from '../database/server-database.ts'
import type { Nudges } from '../log/nudges.ts'
import { newestSeq } from '../log/pull.ts'
import type { Stream } from './live-streams.ts'

const aliveEveryMillis = 15_000
/** Said to the oldest stream of a device that opens one too many. */
const gaveWay: ClosedStream = { code: 'too_many_streams' }
/** A stream that can't be written to for so long has nobody behind it. */
const stuckMillis = 30_000

/** What a stream of nudges works with; `ending` is aborted when the server ends. */
export type NudgeContext = {
  readonly database: ServerDatabase
  readonly accounts: Pick<Accounts, 'callerOf'>
  readonly nudges: Nudges
  readonly ending: AbortSignal
}

type Sse = Parameters<Parameters<typeof streamSSE>[1]>[0]

/** The stream of nudges: the newest place whenever there is one; what came while a write was under way is one nudge. */
export async function writeNudges(
  { database, accounts, nudges, ending }: NudgeContext,
  stream: Sse,
  {
    workspaceId,
    token,
    slot,
  }: { readonly workspaceId: string; readonly token: string; readonly slot: Stream },
): Promise<void> {
  let newest: number | null | undefined
  let wake: () => void = () => {}
  let greet = false
  const off = nudges.on(workspaceId, (seq) => {
    // 0: membership or keys changed; null: a notice may have been missed, so the same is assumed.
    if (!seq) greet = true
    if (seq !== 0) newest = seq
    wake()
  })
  const left = new AbortController()
  const over = new Promise<void>((resolve) => {
    stream.onAbort(resolve)
    for (const signal of [ending, slot.givesWay])
      signal.addEventListener('abort', () => resolve(), { once: true, signal: left.signal })
  })
  const within = (write: Promise<unknown>): Promise<boolean> => {
    const stuck = Promise.withResolvers<boolean>()
    const timer = setTimeout(() => stuck.resolve(false), stuckMillis)
    return Promise.race([write.then(() => true), stuck.promise]).finally(() => clearTimeout(timer))
  }
  try {
    let open = await within(stream.write(': here\n\n'))
    while (open && !stream.aborted && !ending.aborted) {
      if (newest === undefined && !greet && !slot.givesWay.aborted) {
        const heard = new Promise<void>((resolve) => {
          wake = resolve
        })
        let timer: NodeJS.Timeout | undefined
        const quiet = new Promise<void>((resolve) => {
          timer = setTimeout(resolve, aliveEveryMillis)
        })
        await Promise.race([heard, over, quiet])
        clearTimeout(timer)
      }
      if (stream.aborted || ending.aborted) return
      if (slot.givesWay.aborted) {
        await within(stream.writeSSE({ event: closedStream, data: JSON.stringify(gaveWay) }))
        return
      }
      const greeting = greet
      greet = false
      if (greeting && !(await accounts.callerOf(token))) return
      if (newest === undefined && !greeting) {
        open = await within(stream.write(': alive\n\n'))
        continue
      }
      const seq =
        newest ?? (await database.inWorkspace(workspaceId, 'read', (orm) => newestSeq(orm, workspaceId)))
      newest = undefined
      const said: Nudge | undefined =
        seq === undefined ? undefined : { seq, ...(greeting ? { greet: true } : {}) }
      if (said) open = await within(stream.writeSSE({ event: 'nudge', data: JSON.stringify(said) }))
    }
  } finally {
    off()
    left.abort()
  }
}
