import type { Query, QueryClient } from '@tanstack/react-query'
import type { SyncView } from '#contract/sync-views.ts'
import type { HostMessage, IssueDetail } from '#contract/views.ts'
import { hearWorker } from './worker-state.ts'

type Changes = { all: boolean; readonly issues: Set<string>; directory: boolean }

const nothing = (): Changes => ({ all: false, issues: new Set(), directory: false })

function touches(query: Query, changes: Changes): boolean {
  if (changes.all) return true
  const [name, input] = query.queryKey as readonly [string, Record<string, unknown> | undefined]
  if (name === 'issues.get') {
    const issue = query.state.data as IssueDetail | undefined
    // An issue that was not found yet may be the one that has just been created.
    if (!issue) return true
    return (
      changes.issues.has(issue.id) ||
      issue.links.some((link) => changes.issues.has(link.issue.id)) ||
      changes.directory
    )
  }
  if (name === 'conflicts.list' && typeof input?.issueId === 'string')
    return changes.issues.has(input.issueId)
  const scope = (input?.scope ?? input?.over) as { kind: string; issueId?: string } | undefined
  if (scope?.kind === 'issue') return changes.issues.has(scope.issueId ?? '')
  if (name === 'app.info' || name === 'rules.list') return changes.directory
  return true
}

/** What a person looks at must follow at once; totals beside it may trail. */
const quick = new Set(['issues.get', 'issues.list', 'issues.count', 'issues.order', 'feed.page'])
const slow = new Set([
  'app.info',
  'members.list',
  'labels.list',
  'projects.list',
  'history.strip',
  'search.issues',
  'conflicts.list',
  'workspace.notes',
])
/** Of the server, which counts how often it is asked. */
const remote = new Set(['team.get'])
/** What inboxes do, and the rules that one of them runs: told of apart from issues, and often. */
const beside = new Set(['notices.list', 'inboxes.list', 'deliveries.list', 'deliveries.plot', 'rules.list'])

/**
 * Gathers changes and asks again for what they touch: at most one round every `pause` milliseconds, and none before the last one
 * has been answered, so that a hundred changes a second cost as many rounds as the window can take, and the last always counts.
 */
function lane(
  client: QueryClient,
  names: ReadonlySet<string>,
  pause: number,
): (message: Partial<Changes>) => void {
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
        { predicate: (query) => names.has(String(query.queryKey[0])) && touches(query, changes) },
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
export function keepFresh(client: QueryClient): () => void {
  const tellBeside = lane(client, beside, 400)
  const tellRemote = lane(client, remote, 4_000)
  const lanes = [lane(client, quick, 100), lane(client, slow, 1_000), tellBeside]
  const say = (changes: Partial<Changes>) => {
    for (const tell of lanes) tell(changes)
  }
  const endMessages = window.docket.onMessage((message: HostMessage) => {
    if (message.kind === 'changed') {
      say({
        all: message.issues === null,
        issues: new Set(message.issues ?? []),
        directory: message.directory,
      })
      // Names and colours are everywhere on the screen: they don't wait for the slow lane.
      if (message.directory)
        void client.invalidateQueries({
          predicate: ({ queryKey: [name] }) =>
            name === 'labels.list' ||
            name === 'projects.list' ||
            name === 'members.list' ||
            name === 'app.info',
        })
    }
    if (message.kind === 'inboxes') tellBeside({ all: true })
    if (message.kind === 'worker') hearWorker(message)
    if (message.kind === 'sync') {
      client.setQueryData<SyncView>(['sync.status', {}], message.sync)
      // Whoever joined or was invited meanwhile is known to the server alone.
      if (message.sync.state === 'up_to_date') tellRemote({ all: true })
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
      tellRemote({ all: true })
    }
    lost = state !== 'connected'
  })
  return () => {
    endMessages()
    endConnection()
  }
}
