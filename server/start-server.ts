import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer as createPlain, type Server } from 'node:http'
import { createServer as createTls } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { formatInvite } from '#contract/invite-text.ts'
import type { Role } from '#contract/sync-api/team.ts'
import { replaceFile } from '#db/files/replace-file.ts'
import { accounts } from './accounts/accounts.ts'
import type { NewInvite } from './accounts/invites.ts'
import { newSecret } from './accounts/secrets.ts'
import { adminRoutes, openAdminDoor } from './admin/admin-routes.ts'
import { adminFile, claimFolder, DataInUseError } from './admin/data-folder.ts'
import { openServerDatabase } from './database/open-database.ts'
import { keepSwept, type Swept, usualKeepDays } from './database/retention.ts'
import { boundConnections, usualConnections } from './http/connections.ts'
import { type LimitOptions, limits, usualLimits } from './http/limits.ts'
import type { LogLine } from './http/log-line.ts'
import { numbering } from './log/issue-numbering.ts'
import { nudges } from './log/nudges.ts'
import { app } from './routes/app.ts'
import { liveStreams, type StreamOptions, usualStreams } from './routes/live-streams.ts'
import { metrics } from './routes/metrics.ts'

export type StartOptions = ({ readonly data: string } | { readonly databaseUrl: string }) & {
  /** 0 for a free one. */
  readonly port?: number
  readonly host?: string
  /** Where clients reach it, for invites; this machine's own address where absent. */
  readonly publicUrl?: string
  /** Files of a certificate and its key, PEM. */
  readonly tls?: { readonly cert: string; readonly key: string }
  readonly limits?: Partial<LimitOptions>
  readonly streams?: Partial<StreamOptions>
  /** Connections of one address and in all; more are not taken. Of one address only where no proxy stands in front. */
  readonly connections?: { readonly ofAddress?: number; readonly all?: number }
  /** Whether a proxy in front names the address that a request comes from, and nobody gets past it. */
  readonly trustProxy?: boolean
  /** What Prometheus shows to read the metrics. */
  readonly metricsToken?: string
  /** Whether everybody may read the metrics where there is no such token; they may where absent. */
  readonly openMetrics?: boolean
  /** For how long what nobody can use any more is kept, in days; see `retention.ts`. */
  readonly keepDays?: number
  /** How long a client may take for its headers and for a whole request, in milliseconds. */
  readonly patience?: { readonly headers: number; readonly request: number }
  /** Bytes of the disk that are left free; see `usualKeptFree`. */
  readonly keptFree?: number
  /** The most bytes that the database may have. */
  readonly mostBytes?: number | undefined
  /** Connections to Postgres. */
  readonly pool?: number | undefined
  readonly now?: () => number
  readonly log?: (line: LogLine) => void
  readonly onSwept?: (swept: Swept) => void
  /** What no request was answered with: bugs, and a database that went away. */
  readonly onTrouble?: (error: unknown, what: string) => void
}

export type RunningServer = {
  readonly url: string
  readonly port: number
  readonly admin: {
    createWorkspace(
      name: string,
    ): Promise<{ readonly workspaceId: string; readonly code: string; readonly text: string }>
    invite(
      workspaceId: string,
      invite?: { readonly role?: Role; readonly memberId?: string; readonly hours?: number },
    ): Promise<{ readonly id: string; readonly code: string; readonly text: string }>
    workspaces(): Promise<readonly { readonly id: string; readonly name: string }[]>
  }
  /** Takes no more requests, finishes those under way, ends the streams and closes the database. */
  close(): Promise<void>
}

const usualPatience = { headers: 10_000, request: 60_000 }
/** Requests under way get this long when the server ends. */
const drainMillis = 5_000
const idleEveryMillis = 50

/** Starts a server; it answers once this resolves. @throws DataInUseError, or what the database says where it can't be had. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { host = '127.0.0.1', now = Date.now, onTrouble = () => {}, patience = usualPatience } = options
  const folder = 'data' in options ? options.data : undefined
  const claim = folder ? await claimFolder(folder) : undefined
  if (claim?.by === 'server') throw new DataInUseError(folder ?? '')
  const release = claim?.release ?? (() => {})
  // Left by a server that was killed: nobody answers there.
  if (folder) await rm(adminFile(folder), { force: true })
  let troubled: () => void = () => {}
  const database = await openServerDatabase({
    at: folder
      ? { data: join(folder, 'database') }
      : { databaseUrl: (options as { databaseUrl: string }).databaseUrl },
    ...(options.keptFree === undefined ? {} : { keptFree: options.keptFree }),
    mostBytes: options.mostBytes,
    pool: options.pool,
    onTrouble(error) {
      troubled()
      onTrouble(error, 'the database')
    },
  }).catch((error) => {
    release()
    throw error
  })
  const people = accounts(database, now)
  const nudging = await nudges(database)
  const told = metrics(() => nudging.listeners, people.storedEvents, database.waiting)
  troubled = told.databaseTrouble
  const open = liveStreams({ ...usualStreams, ...options.streams })
  const ending = new AbortController()
  const routes = app({
    database,
    accounts: people,
    numbering: numbering(),
    nudges: nudging,
    streams: open,
    limits: limits({ ...usualLimits, ...options.limits }),
    metrics: told,
    log: options.log ?? (() => {}),
    onBug: onTrouble,
    now,
    trustProxy: options.trustProxy ?? false,
    metricsToken: options.metricsToken,
    openMetrics: options.openMetrics ?? true,
    ending: ending.signal,
  })
  const listener = getRequestListener(routes.fetch)
  // How often it is looked for those that take too long.
  const connectionsCheckingInterval = Math.max(100, Math.min(5_000, patience.headers / 2))
  const server: Server = options.tls
    ? createTls(
        {
          cert: readFileSync(options.tls.cert),
          key: readFileSync(options.tls.key),
          connectionsCheckingInterval,
        },
        listener,
      )
    : createPlain({ connectionsCheckingInterval }, listener)
  server.headersTimeout = patience.headers
  server.requestTimeout = patience.request
  boundConnections(server, {
    all: options.connections?.all ?? usualConnections.all,
    ofAddress: options.trustProxy
      ? Number.POSITIVE_INFINITY
      : (options.connections?.ofAddress ?? usualConnections.ofAddress),
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, resolve)
  }).catch(async (error) => {
    await nudging.close()
    await database.close()
    release()
    throw error
  })
  const { port } = server.address() as AddressInfo
  const shown = host.includes(':') ? `[${host}]` : host
  const url = `${options.tls ? 'https' : 'http'}://${shown}:${port}`
  const publicUrl = options.publicUrl ?? url
  const secret = newSecret()
  const door = folder ? await openAdminDoor(adminRoutes(people, secret, onTrouble)) : undefined
  if (folder && door) {
    // Whoever reads it finds all of it, or nothing yet.
    const found = { url: door.url, publicUrl, secret, pid: process.pid }
    replaceFile(adminFile(folder), JSON.stringify(found))
  }

  const stopSweeping = keepSwept({
    database,
    keepDays: options.keepDays ?? usualKeepDays,
    now,
    onSwept: options.onSwept ?? (() => {}),
    onTrouble: (error) => onTrouble(error, 'taking away what is out of date'),
  })

  let closing: Promise<void> | undefined
  return {
    url,
    port,
    admin: {
      async createWorkspace(name) {
        const { workspaceId, code } = await people.createWorkspace(name)
        return { workspaceId, code, text: formatInvite({ url: publicUrl, workspaceId, code }) }
      },
      async invite(workspaceId, { role = 'member', memberId, hours = 72 } = {}) {
        const wanted: NewInvite = { role, memberId, hours }
        const { id, code } = await people.invite(workspaceId, wanted)
        return { id, code, text: formatInvite({ url: publicUrl, workspaceId, code }) }
      },
      workspaces: people.workspaces,
    },
    close() {
      closing ??= (async () => {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()))
        ending.abort()
        server.closeIdleConnections()
        // Who was answered meanwhile keeps its connection for the next request, which is not taken.
        const idle = setInterval(() => server.closeIdleConnections(), idleEveryMillis)
        const timer = setTimeout(() => server.closeAllConnections(), drainMillis)
        await closed
        clearInterval(idle)
        clearTimeout(timer)
        if (folder) await rm(adminFile(folder), { force: true })
        await door?.close()
        await stopSweeping()
        await nudging.close()
        await database.close()
        release()
      })()
      return closing
    },
  }
}
