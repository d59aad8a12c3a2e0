import { ServerRefusal } from '../http/refusal.ts'
import type { Across, Orm, ServerDatabase } from './server-database.ts'

/** Connections to Postgres. */
export const usualPool = 8
/** Connections that writes leave to reads and tokens, so that those are answered whatever hangs. */
const keptForReads = 2
/** Of one workspace, and for how long, in milliseconds; Postgres gives up on a lock after as long. */
const mostWaiting = 64
const longestWaitMillis = 10_000
const retrySeconds = 2

export type TurnBounds = {
  /** Of one workspace at a time, and of all. */
  readonly ofOne: number
  readonly all: number
  readonly mostWaiting: number
  readonly longestWaitMillis: number
}

/** Gives work its turn by workspace, in the order in which it came. */
export type Turns = {
  /** @throws ServerRefusal `unavailable` where too much waits already, or the turn does not come in time. */
  run<T>(workspaceId: string, work: () => Promise<T>): Promise<T>
  readonly waiting: number
}

type Waiting = { readonly workspaceId: string; readonly begin: () => void }

const busy = (): ServerRefusal =>
  new ServerRefusal(
    'unavailable',
    'This workspace is waiting for something just now; nothing was stored.',
    undefined,
    retrySeconds,
  )

export function turns({ ofOne, all, mostWaiting, longestWaitMillis }: TurnBounds): Turns {
  const running = new Map<string, number>()
  const line = new Set<Waiting>()
  const inLine = new Map<string, number>()
  let active = 0

  const change = (counts: Map<string, number>, workspaceId: string, by: number): void => {
    const count = (counts.get(workspaceId) ?? 0) + by
    if (count > 0) counts.set(workspaceId, count)
    else counts.delete(workspaceId)
  }
  const isFree = (workspaceId: string): boolean => active < all && (running.get(workspaceId) ?? 0) < ofOne
  const take = (workspaceId: string): void => {
    active += 1
    change(running, workspaceId, 1)
  }

  function leave(waiting: Waiting): void {
    line.delete(waiting)
    change(inLine, waiting.workspaceId, -1)
  }

  function next(): void {
    for (const waiting of line) {
      if (active >= all) return
      if (!isFree(waiting.workspaceId)) continue
      leave(waiting)
      take(waiting.workspaceId)
      waiting.begin()
    }
  }

  function turn(workspaceId: string): Promise<void> {
    // Whoever waits for a connection that is free for others only waits behind their own.
    if (isFree(workspaceId) && !inLine.has(workspaceId)) {
      take(workspaceId)
      return Promise.resolve()
    }
    if ((inLine.get(workspaceId) ?? 0) >= mostWaiting) return Promise.reject(busy())
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        leave(waiting)
        reject(busy())
      }, longestWaitMillis)
      const waiting: Waiting = {
        workspaceId,
        begin() {
          clearTimeout(timer)
          resolve()
        },
      }
      line.add(waiting)
      change(inLine, workspaceId, 1)
    })
  }

  return {
    async run(workspaceId, work) {
      await turn(workspaceId)
      try {
        return await work()
      } finally {
        active -= 1
        change(running, workspaceId, -1)
        next()
      }
    },
    get waiting() {
      return line.size
    },
  }
}

/** The turns of reads and of writes for a pool of that size. */
export function workspaceTurns(pool: number) {
  const bounds = { mostWaiting, longestWaitMillis }
  const write = turns({ ...bounds, ofOne: 1, all: Math.max(1, pool - keptForReads) })
  const read = turns({ ...bounds, ofOne: Math.max(1, Math.floor(pool / 2)), all: pool })
  return { write, read, waiting: () => write.waiting + read.waiting }
}

/** Runs a transaction under settings that end with it. */
export type RunTransaction = <T>(
  settings: Readonly<Record<string, string>>,
  run: (orm: Orm) => Promise<T>,
) => Promise<T>

/** Transactions of a workspace, each in its turn, and those before it is known which workspace they are of. */
export function turnedTransactions(
  transaction: RunTransaction,
  of: Pick<ReturnType<typeof workspaceTurns>, 'read' | 'write'>,
): Pick<ServerDatabase, 'inWorkspace' | 'across'> {
  return {
    inWorkspace: (workspaceId, kind, run) =>
      of[kind].run(workspaceId, () => transaction({ 'docket.workspace': workspaceId }, run)),
    across: (seen: Across, run) => {
      const settings = Object.entries(seen).map(([name, value]) => [`docket.${name}`, value as string])
      return transaction(Object.fromEntries(settings), run)
    },
  }
}
