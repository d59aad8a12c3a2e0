import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type Context, type Handler, Hono, type MiddlewareHandler } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { z } from 'zod'
import { digestReport, mostEvidenceBytes } from '#contract/sync-api/agreement.ts'
import { helloRequest } from '#contract/sync-api/hello.ts'
import { newKey } from '#contract/sync-api/keys.ts'
import { closedStream } from '#contract/sync-api/nudges.ts'
import { mostBodyBytes, mostSentBytes, protocolHeader, protocolVersion } from '#contract/sync-api/protocol.ts'
import { pullQuery } from '#contract/sync-api/pull.ts'
import { pushRequest } from '#contract/sync-api/push.ts'
import { type SyncRoute, syncRoutes } from '#contract/sync-api/routes.ts'
import { inviteRequest, joinRequest, memberChange, teamQuery } from '#contract/sync-api/team.ts'
import { jsonMeter } from '#core/values/json-bounds.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { Caller } from '../accounts/caller.ts'
import { isSame } from '../accounts/secrets.ts'
import type { Orm, ServerDatabase } from '../database/server-database.ts'
import { clientAddress } from '../http/client-address.ts'
import type { Limits } from '../http/limits.ts'
import type { LogLine } from '../http/log-line.ts'
import { readBody } from '../http/read-body.ts'
import { databaseTrouble, ServerRefusal } from '../http/refusal.ts'
import { hashAt } from '../log/chain-end.ts'
import type { Numbering } from '../log/issue-numbering.ts'
import type { Nudges } from '../log/nudges.ts'
import { hello, pull } from '../log/pull.ts'
import { push } from '../log/push.ts'
import type { Streams } from './live-streams.ts'
import type { Metrics } from './metrics.ts'
import { writeNudges } from './nudge-route.ts'
import { openApiDocument } from './open-api.ts'

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
type Env = { Variables: Variables; Bindings: { incoming?: { socket?: { remoteAddress?: string } } } }
type Ctx = Context<Env>

const pack = promisify(gzip)
/** Several times what a push of the most events, a greeting of the most chains or a key for the most devices has. */
const bodyBounds = { bytes: mostBodyBytes, values: 200_000, depth: 64 }
const worthPacking = 1_024
const isId = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text)

/** The routes of the sync server; see `docs/protocol.md`. */
export function app(options: AppOptions): Hono<Env> {
  const { database, accounts, numbering, nudges, streams, limits, metrics, now } = options
  /** Looks something up in the caller's workspace, whose rows alone it sees. */
  const read = <T>(workspaceId: string, run: (orm: Orm) => Promise<T>): Promise<T> =>
    database.inWorkspace(workspaceId, 'read', run)
  const routes = new Hono<Env>()

  async function json<Schema extends z.ZodType>(c: Ctx, schema: Schema): Promise<z.output<Schema>> {
    const body = await readBody(c.req.raw, { sent: mostSentBytes, unpacked: mostBodyBytes })
    // Before it is parsed: a checker says of each of millions of values what is wrong with it.
    if (jsonMeter(bodyBounds).feed(body))
      throw new ServerRefusal(
        'invalid_request',
        'The body has more values, or deeper ones, than any request.',
      )
    c.set('bodyBytes', body.length)
    let value: unknown
    try {
      value = JSON.parse(body.toString())
    } catch {
      throw new ServerRefusal('invalid_request', 'The body is not JSON.')
    }
    return checked(schema, value)
  }

  function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    const [first] = parsed.error.issues
    const path = first?.path.map(String).join('.') ?? ''
    throw new ServerRefusal(
      'invalid_request',
      `${path || 'The request'}: ${first?.message ?? 'not valid'}.`,
      { path },
    )
  }

  async function answer(c: Ctx, value: unknown, status: 200 | 201 = 200): Promise<Response> {
    const text = JSON.stringify(value)
    const packs = text.length > worthPacking && /\bgzip\b/.test(c.req.header('accept-encoding') ?? '')
    c.header('content-type', 'application/json')
    if (!packs) return c.body(text, status)
    c.header('content-encoding', 'gzip')
    return c.body(new Uint8Array(await pack(text, { level: 1 })), status)
  }

  const id = (c: Ctx, name: string): string => {
    const value = c.req.param(name) ?? ''
    if (!isId(value)) throw new ServerRefusal('invalid_request', `The ${name} in the address is not an id.`)
    return value
  }

  const owner = (c: Ctx): Caller => {
    const caller = c.get('caller')
    if (caller.role !== 'owner') throw new ServerRefusal('forbidden', 'Only an owner may do that.')
    return caller
  }

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
    metrics.request(line)
    options.log(line)
  })

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

  const quietly: MiddlewareHandler<Env> = async (c, next) => {
    c.set('quiet', true)
    await next()
  }
  for (const path of ['/healthz', '/readyz', '/metrics']) routes.use(path, quietly)

  routes.get('/healthz', (c) => c.text('ok'))
  routes.get('/readyz', async (c) => {
    await database.ping()
    return c.text('ok')
  })
  routes.get('/metrics', async (c) => {
    const { metricsToken, openMetrics } = options
    const shown = c.req.header('authorization') ?? ''
    if (metricsToken === undefined ? !openMetrics : !isSame(shown, `Bearer ${metricsToken}`))
      throw new ServerRefusal('unauthorized', 'The metrics of this server have a token of their own.')
    return c.body(await metrics.text(), 200, { 'content-type': metrics.contentType })
  })
  routes.get('/openapi.json', (c) => c.json(openApiDocument()))

  routes.use('/v1/*', async (c, next) => {
    const forwarded = options.trustProxy ? c.req.header('x-forwarded-for') : undefined
    const address = clientAddress(c.env?.incoming?.socket?.remoteAddress, forwarded)
    c.set('address', address)
    await limits.address(address)
    const version = c.req.header(protocolHeader)
    if (version !== String(protocolVersion))
      throw new ServerRefusal(
        'update_needed',
        `This server speaks version ${protocolVersion} of the protocol, not ${version?.slice(0, 20) ?? 'an unnamed one'}. Please update.`,
        { min: protocolVersion, max: protocolVersion },
      )
    await next()
  })

  /** What stores something new; taking somebody or something away is let happen on a full disk, too. */
  const requireDiskSpace: MiddlewareHandler<Env> = async (_c, next) => {
    await database.room()
    await next()
  }

  /** A declared route is answered by these handlers, the last of which answers. */
  const mount = (route: SyncRoute, ...handlers: [...MiddlewareHandler<Env>[], Handler<Env>]) =>
    routes.on(route.method, [route.path.replace(/\{(\w+)\}/g, ':$1')], ...handlers)

  mount(syncRoutes.join, requireDiskSpace, async (c) => {
    await limits.attempt(c.get('address'))
    return answer(c, await accounts.join(await json(c, joinRequest)), 201)
  })

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

  mount(syncRoutes.hello, async (c) => {
    const request = await json(c, helloRequest)
    const caller = c.get('caller')
    const greeted = await read(caller.workspaceId, (orm) => hello(orm, caller, request))
    if (request.cursor.seq === greeted.cursor.seq) c.set('quiet', true)
    return answer(c, greeted)
  })
  mount(syncRoutes.push, requireDiskSpace, async (c) => {
    const caller = c.get('caller')
    const request = await json(c, pushRequest)
    await limits.push(caller, request.events.length, c.get('bodyBytes'))
    return answer(c, await push(database, caller, request, numbering, now))
  })
  mount(syncRoutes.pull, async (c) => {
    const { except = '', ...query } = checked(pullQuery, c.req.query())
    const left = new Map<string, number>()
    for (const part of except.split(',').filter(Boolean)) {
      const match = /^([^:]+):(\d{1,9})$/.exec(part)
      if (!match || !isId(match[1] as string))
        throw new ServerRefusal('invalid_request', 'except: is a list of CHAIN:SEQ.')
      left.set(match[1] as string, Number(match[2]))
    }
    const { workspaceId } = c.get('caller')
    const page = await read(workspaceId, (orm) => pull(orm, workspaceId, { ...query, except: left }))
    if (page.events.length === 0) c.set('quiet', true)
    return answer(c, page)
  })
  mount(syncRoutes.chainPlace, async (c) => {
    const place = Number(c.req.param('seq'))
    if (!Number.isSafeInteger(place) || place < 0)
      throw new ServerRefusal('invalid_request', 'The place in the address is not a number.')
    const { workspaceId } = c.get('caller')
    const chain = id(c, 'chain')
    const hash = await read(workspaceId, (orm) => hashAt(orm, workspaceId, chain, place))
    if (hash === undefined) throw new ServerRefusal('unknown_place', 'There is nothing at that place.')
    return answer(c, { hash })
  })
  mount(syncRoutes.nudges, (c) => {
    const { workspaceId, deviceId } = c.get('caller')
    const token = (c.req.header('authorization') ?? '').slice('Bearer '.length)
    // nginx and its like keep an answer until there is a buffer full of it, unless they are told not to.
    c.header('x-accel-buffering', 'no')
    const obeys = c.req.query('obeys') === closedStream
    const slot = streams.open({ deviceId, address: c.get('address'), obeys })
    return streamSSE(c, (stream) =>
      writeNudges({ database, accounts, nudges, ending: options.ending }, stream, {
        workspaceId,
        token,
        slot,
      }).finally(slot.end),
    )
  })

  mount(syncRoutes.team, async (c) => {
    const { limit, after } = checked(teamQuery, c.req.query())
    const { workspaceId } = c.get('caller')
    return answer(
      c,
      await (limit === undefined
        ? accounts.team(workspaceId)
        : accounts.teamPage(workspaceId, { limit, after })),
    )
  })
  mount(syncRoutes.invite, requireDiskSpace, async (c) => {
    const request = await json(c, inviteRequest)
    const caller = c.get('caller')
    // Everybody may bring a further device of their own.
    const own = request.memberId === caller.memberId
    const { workspaceId } = own ? caller : owner(c)
    return answer(c, await accounts.invite(workspaceId, request, caller.memberId), 201)
  })
  mount(syncRoutes.withdrawInvite, async (c) => {
    await accounts.withdrawInvite(owner(c).workspaceId, id(c, 'invite'))
    return answer(c, null)
  })
  mount(syncRoutes.changeRole, async (c) => {
    const { role } = await json(c, memberChange)
    await accounts.changeRole(owner(c).workspaceId, id(c, 'member'), role)
    return answer(c, null)
  })
  mount(syncRoutes.removeMember, async (c) => {
    await accounts.removeMember(owner(c).workspaceId, id(c, 'member'))
    return answer(c, null)
  })
  mount(syncRoutes.revokeDevice, async (c) => {
    const device = id(c, 'device')
    const caller = c.get('caller')
    const whose = await accounts.ownerOf(caller.workspaceId, device)
    if (whose === undefined) throw new ServerRefusal('unknown_place', 'There is no such device.')
    if (whose !== caller.memberId) owner(c)
    await accounts.revokeDevice(caller.workspaceId, device)
    return answer(c, null)
  })
  mount(syncRoutes.keys, async (c) => answer(c, await accounts.keys(c.get('caller'))))
  mount(syncRoutes.newKey, requireDiskSpace, async (c) => {
    await accounts.newKey(owner(c), await json(c, newKey))
    return answer(c, null, 201)
  })
  mount(syncRoutes.reportDigest, quietly, requireDiskSpace, async (c) =>
    answer(c, await accounts.reportDigest(c.get('caller'), await json(c, digestReport))),
  )
  mount(syncRoutes.putEvidence, requireDiskSpace, async (c) => {
    const evidence = await readBody(c.req.raw, { sent: mostEvidenceBytes, unpacked: mostEvidenceBytes })
    await accounts.putEvidence(c.get('caller'), id(c, 'chain'), evidence)
    return answer(c, null)
  })
  mount(syncRoutes.getEvidence, async (c) => {
    const found = await accounts.evidence(c.get('caller').workspaceId, id(c, 'chain'))
    if (!found) throw new ServerRefusal('unknown_place', 'That replica has laid nothing open.')
    return c.body(new Uint8Array(found), 200, { 'content-type': 'application/octet-stream' })
  })
  return routes
}
