import type { Context, Handler, Hono, MiddlewareHandler } from 'hono'
import type { SyncRoute } from '#contract/sync-api/routes.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { Caller } from '../accounts/caller.ts'
import type { ServerDatabase } from '../database/server-database.ts'
import type { Limits } from '../http/limits.ts'
import type { LogLine } from '../http/log-line.ts'
import type { Numbering } from '../log/issue-numbering.ts'
import type { Nudges } from '../log/nudges.ts'
import type { Streams } from './live-streams.ts'
import type { Metrics } from './metrics.ts'

export type AppOptions = {
  readonly database: ServerDatabase
  readonly accounts: Accounts
  readonly numbering: Numbering
  readonly nudges: Nudges
  readonly streams: Streams
  readonly limits: Limits
  readonly metrics: Metrics
  readonly log: (line: LogLine) => void
  readonly onBug: (error: unknown, route: string) => void
  readonly now: () => number
  /** Whether limits go by the address that a proxy in front names. */
  readonly trustProxy: boolean
  /** What Prometheus shows to be let in. */
  readonly metricsToken: string | undefined
  /** Whether everybody is let in where there is no such token. */
  readonly openMetrics: boolean
  /** Aborted when the server ends: streams end with it. */
  readonly ending: AbortSignal
}

type Variables = { caller: Caller; refusal: string; address: string; quiet: true; bodyBytes: number }
export type AppEnv = {
  Variables: Variables
  Bindings: { incoming?: { socket?: { remoteAddress?: string } } }
}
export type RequestContext = Context<AppEnv>

/** What a group of routes works with: the app that it mounts itself on, and what the server was started with. */
export type RouteContext = {
  readonly routes: Hono<AppEnv>
  readonly options: AppOptions
  readonly requireDiskSpace: MiddlewareHandler<AppEnv>
}

/** A declared route is answered by these handlers, the last of which answers. */
export function mountRoute(
  routes: Hono<AppEnv>,
  route: SyncRoute,
  ...handlers: [...MiddlewareHandler<AppEnv>[], Handler<AppEnv>]
): void {
  routes.on(route.method, [route.path.replace(/\{(\w+)\}/g, ':$1')], ...handlers)
}

/** A quiet request is left out of the log where it succeeds. */
export const quietly: MiddlewareHandler<AppEnv> = async (c, next) => {
  c.set('quiet', true)
  await next()
}
