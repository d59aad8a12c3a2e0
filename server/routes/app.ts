import { Hono, type MiddlewareHandler } from 'hono'
import { protocolHeader, protocolVersion } from '#contract/sync-api/protocol.ts'
import type { Caller } from '../accounts/caller.ts'
import { clientAddress } from '../http/client-address.ts'
import type { LogLine } from '../http/log-line.ts'
import { databaseTrouble, ServerRefusal } from '../http/refusal.ts'
import { mountAgreementRoutes } from './agreement-routes.ts'
import type { AppEnv, AppOptions, RouteContext } from './app-context.ts'
import { mountJoinRoutes } from './join-routes.ts'
import { mountKeyRoutes } from './key-routes.ts'
import { mountLogRoutes } from './log-routes.ts'
import { mountNudgeRoutes } from './nudge-routes.ts'
import { mountOperatorRoutes } from './operator-routes.ts'
import { mountTeamRoutes } from './team-routes.ts'

/** The routes of the sync server; see `docs/protocol.md`. Their order is the order of the checks. */
export function app(options: AppOptions): Hono<AppEnv> {
  const { database } = options
  const routes = new Hono<AppEnv>()
  /** What stores something new; taking somebody or something away is let happen on a full disk, too. */
  const requireDiskSpace: MiddlewareHandler<AppEnv> = async (_c, next) => {
    await database.room()
    await next()
  }
  const context: RouteContext = { routes, options, requireDiskSpace }
  logRequests(context)
  answerRefusals(context)
  mountOperatorRoutes(context)
  checkProtocol(context)
  mountJoinRoutes(context)
  checkCaller(context)
  mountLogRoutes(context)
  mountNudgeRoutes(context)
  mountTeamRoutes(context)
  mountKeyRoutes(context)
  mountAgreementRoutes(context)
  return routes
}

/** Each request leaves a line in the log and counts in the metrics. */
function logRequests({ routes, options }: RouteContext): void {
  routes.use(async (c, next) => {
    const begun = performance.now()
    await next()
    const caller = c.get('caller') as Caller | undefined
    const refusal = c.get('refusal') as string | undefined
    const line: LogLine = {
      method: c.req.method,
      route: c.req.routePath === '/*' ? 'unknown' : c.req.routePath,
      status: c.res.status,
      millis: Math.round(performance.now() - begun),
      ...(caller ? { workspace: caller.workspaceId, device: caller.deviceId } : {}),
      ...(refusal ? { refusal } : {}),
      ...(c.get('quiet') && c.res.status < 400 ? { quiet: true } : {}),
    }
    options.metrics.request(line)
    options.log(line)
  })
}

/** A refusal becomes an answer with its code; what is none is reported as a bug. */
function answerRefusals({ routes, options }: RouteContext): void {
  routes.onError((error, c) => {
    const refusal = error instanceof ServerRefusal ? error : databaseTrouble(error)
    if (!refusal) {
      options.onBug(error, c.req.routePath)
      c.set('refusal', 'internal')
      return c.json({ error: { code: 'internal', message: 'Something went wrong inside the server.' } }, 500)
    }
    c.set('refusal', refusal.code)
    if (refusal.retryAfterSeconds !== undefined) c.header('retry-after', String(refusal.retryAfterSeconds))
    const { code, message, details } = refusal
    // What is left of the body is not read: nothing can follow it on this connection.
    if (code === 'body_too_large') c.header('connection', 'close')
    return c.json({ error: { code, message, ...(details ? { details } : {}) } }, refusal.status as 400)
  })
  routes.notFound((c) => {
    c.set('refusal', 'unknown_route')
    return c.json({ error: { code: 'unknown_route', message: 'There is no such route.' } }, 404)
  })
}

/** A caller has an address within its limits, and speaks this version of the protocol. */
function checkProtocol({ routes, options }: RouteContext): void {
  routes.use('/v1/*', async (c, next) => {
    const forwarded = options.trustProxy ? c.req.header('x-forwarded-for') : undefined
    const address = clientAddress(c.env?.incoming?.socket?.remoteAddress, forwarded)
    c.set('address', address)
    await options.limits.address(address)
    const version = c.req.header(protocolHeader)
    if (version !== String(protocolVersion))
      throw new ServerRefusal(
        'update_needed',
        `This server speaks version ${protocolVersion} of the protocol, not ${version?.slice(0, 20) ?? 'an unnamed one'}. Please update.`,
        { min: protocolVersion, max: protocolVersion },
      )
    await next()
  })
}

/** A caller has a token of the workspace in the address. */
function checkCaller({ routes, options }: RouteContext): void {
  const { accounts, limits } = options
  routes.use('/v1/workspaces/:workspace/*', async (c, next) => {
    const [scheme, token] = (c.req.header('authorization') ?? '').split(' ')
    const caller = scheme === 'Bearer' && token ? await accounts.callerOf(token) : undefined
    if (!caller) {
      await limits.attempt(c.get('address'))
      throw new ServerRefusal('unauthorized', 'That token is not known here, or was revoked.')
    }
    await limits.token(caller.deviceId)
    // Another workspace's existence is nobody's business.
    if (caller.workspaceId !== c.req.param('workspace'))
      throw new ServerRefusal('unknown_workspace', 'There is no such workspace for this token.')
    c.set('caller', caller)
    await next()
  })
}
