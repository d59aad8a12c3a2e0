import { pino } from 'pino'
import { describeTrouble } from './database/describe-error.ts'
import { judgeExposure, ServerUsageError } from './http/exposure.ts'
import { startServer } from './start-server.ts'

type Options = Record<string, unknown>

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** Where the data is: a directory, or Postgres. @throws UsageError where neither is named. */
export function dataFrom(options: Options): { readonly data: string } | { readonly databaseUrl: string } {
  const data = text(options.data)
  const databaseUrl = text(process.env.DATABASE_URL)
  if (data) return { data }
  if (databaseUrl) return { databaseUrl }
  throw new ServerUsageError('Say where the data is: docket-server --data DIR, or DATABASE_URL for Postgres.')
}

/** The numbers that were given. */
const given = <Name extends string>(numbers: Record<Name, unknown>): Partial<Record<Name, number>> =>
  Object.fromEntries(Object.entries(numbers).filter(([, value]) => typeof value === 'number')) as Partial<
    Record<Name, number>
  >

const times = (value: unknown, factor: number): number | undefined =>
  typeof value === 'number' ? value * factor : undefined

/** Runs the server until it is told to end. @throws UsageError */
export async function serve(options: Options): Promise<void> {
  const where = dataFrom(options)
  const level = text(options.logLevel) ?? 'info'
  const log = pino({ base: null, level, timestamp: pino.stdTimeFunctions.isoTime })
  const cert = text(options.tlsCert)
  const key = text(options.tlsKey)
  if ((cert === undefined) !== (key === undefined))
    throw new ServerUsageError('A certificate comes with its key: --tls-cert FILE --tls-key FILE.')
  const publicUrl = text(options.url)
  const metricsToken = text(process.env.DOCKET_METRICS_TOKEN)
  const host = String(options.host)
  const trustProxy = options.trustProxy === true
  const { openMetrics, warnings } = judgeExposure({
    host,
    tls: cert !== undefined,
    trustProxy,
    allowPlainHttp: options.allowPlainHttp === true,
    publicUrl,
    metricsToken,
    publicMetrics: options.publicMetrics === true,
  })
  for (const warning of warnings) log.warn(warning)
  const { requestsAMinute: token, requestsAMinutePerAddress: address, keepDays } = options
  const server = await startServer({
    ...where,
    port: Number(options.port),
    host,
    ...(publicUrl ? { publicUrl } : {}),
    ...(cert && key ? { tls: { cert, key } } : {}),
    limits: given({
      token,
      address,
      events: options.eventsAnHour,
      bytes: times(options.megabytesAnHour, 1_048_576),
    }),
    mostBytes: times(options.mostMegabytes, 1_048_576),
    pool: times(options.pool, 1),
    connections: given({ all: options.connections, ofAddress: options.connectionsAnAddress }),
    ...(typeof keepDays === 'number' ? { keepDays } : {}),
    trustProxy,
    openMetrics,
    ...(metricsToken ? { metricsToken } : {}),
    log({ quiet, ...line }) {
      log[quiet ? 'debug' : 'info'](line, 'request')
    },
    onSwept(swept) {
      const none = Object.values(swept).every((count) => count === 0)
      log[none ? 'debug' : 'info'](swept, 'out of date')
    },
    onTrouble: (error, what) => log.error({ what, error: describeTrouble(error) }, 'trouble'),
  })
  log.info({ url: server.url, database: 'data' in where ? 'pglite' : 'postgres' }, 'listening')
  if ((await server.admin.workspaces()).length === 0) {
    const how = 'data' in where ? ` --data ${where.data}` : ''
    process.stderr.write(
      `There is no workspace yet. Make one with: ./docket-server${how} admin create-workspace --name NAME\n`,
    )
  }
  let ending = false
  const end = (signal: string): void => {
    if (ending) return
    ending = true
    log.info({ signal }, 'ending')
    void server.close().then(() => {
      log.info('ended')
      process.exit(0)
    })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end(signal))
}
