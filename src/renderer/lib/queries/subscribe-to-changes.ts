import type { Query, QueryClient } from '@tanstack/react-query'
import type { HostMessage } from '#contract/answers/answers.ts'
import type { SyncView } from '#contract/answers/sync-answers.ts'
import { type Changing, whatFollows } from '#contract/follows.ts'
import { hearWorker } from './worker-state.ts'

type Changes = { all: boolean; readonly issues: Set<string>; directory: boolean }

const nothing = (): Changes => ({ all: false, issues: new Set(), directory: false })

/** Whether changes make what a query holds stale. */
function touches(query: Query, changes: Changes): boolean {
  if (changes.all) return true
  const [name, input] = query.queryKey
  const { follows = [], about } = whatFollows(name) ?? {}
  if (follows.includes('entities') && changes.directory) return true
  if (!follows.includes('issues')) return false
  // What is kept under a call's name came from that call, for that input.
  const issues = about?.(input as never, query.state.data as never) ?? null
  return issues === null || issues.some((id) => changes.issues.has(id))
}

/** How long answers may trail, in milliseconds: what a person looks at hardly, and a server counts how often it is asked. */
const pauses = { quick: 100, inboxes: 400, trailing: 1_000, server: 4_000 } as const
type Pace = keyof typeof pauses

/** The pace at which an answer is asked for again; `undefined` where it is not. */
function paceOf(name: unknown): Pace | undefined {
  const { follows = [], trails } = whatFollows(name) ?? {}
  if (follows.length === 0) return undefined
  if (follows.includes('server')) return 'server'
  if (follows.includes('inboxes')) return 'inboxes'
  return trails ? 'trailing' : 'quick'
}

/** Asks again for every answer that follows something, at once. */
export const askAgain = (client: QueryClient, changed: Changing): Promise<void> =>
  client.invalidateQueries({
    predicate: ({ queryKey: [name] }) => whatFollows(name)?.follows.includes(changed) ?? false,
  })

/**
 * Gathers changes and asks again for what they touch: at most one round every `pause` milliseconds, and none before the last one
 * has been answered, so that a hundred changes a second cost as many rounds as the window can take, and the last always counts.
 */
function tellAtPace(client: QueryClient, pace: Pace): (message: Partial<Changes>) => void {
  const pause = pauses[pace]
  let waiting = nothing()
  let busy = false
  const run = async () => {
    busy = true
    await new Promise((resolve) => setTimeout(resolve, pause / 4))
    while (waiting.all || waiting.directory || waiting.issues.size > 0) {
      const changes = waiting
      waiting = nothing()
      const started = performance.now()
      await client.invalidateQueries(
        { predicate: (query) => paceOf(query.queryKey[0]) === pace && touches(query, changes) },
        { cancelRefetch: true },
      )
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, pause - (performance.now() - started))))
    }
    busy = false
  }
  return ({ all, issues, directory }) => {
    waiting.all ||= all ?? false
    waiting.directory ||= directory ?? false
    for (const id of issues ?? []) waiting.issues.add(id)
    if (!busy) void run()
  }
}

/** Makes the cache follow the host. @returns a function that ends it. */
export function subscribeToChanges(client: QueryClient): () => void {
  const tellInboxes = tellAtPace(client, 'inboxes')
  const tellServer = tellAtPace(client, 'server')
  const paces = [tellAtPace(client, 'quick'), tellAtPace(client, 'trailing'), tellInboxes]
  const say = (changes: Partial<Changes>) => {
    for (const tell of paces) tell(changes)
  }
  const endMessages = window.docket.onMessage((message: HostMessage) => {
    if (message.kind === 'changed') {
      say({
        all: message.issues === null,
        issues: new Set(message.issues ?? []),
        directory: message.directory,
      })
      // Names and colours are everywhere on the screen: they don't wait for the slow pace.
      if (message.directory)
        void client.invalidateQueries({
          predicate: ({ queryKey: [name] }) =>
            paceOf(name) === 'trailing' && (whatFollows(name)?.follows.includes('entities') ?? false),
        })
    }
    if (message.kind === 'inboxes') tellInboxes({ all: true })
    if (message.kind === 'worker') hearWorker(message)
    if (message.kind === 'sync') {
      client.setQueryData<SyncView>(['sync.status', {}], message.sync)
      // Whoever joined or was invited meanwhile is known to the server alone.
      if (message.sync.state === 'up_to_date') tellServer({ all: true })
    }
    if (message.kind === 'job')
      client.setQueryData(['jobs.list', {}], (jobs: readonly { id: string }[] | undefined) => [
        message.job,
        ...(jobs ?? []).filter(({ id }) => id !== message.job.id),
      ])
  })
  let lost = false
  const endConnection = window.docket.onConnection((state) => {
    // Whatever was said while nobody listened is unknown: ask for everything on screen.
    if (state === 'connected' && lost) {
      say({ all: true })
      void client.invalidateQueries({ queryKey: ['sync.status'] })
      tellServer({ all: true })
    }
    lost = state !== 'connected'
  })
  return () => {
    endMessages()
    endConnection()
  }
}
