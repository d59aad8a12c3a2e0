import { pino } from 'pino'
import { describeTrouble } from './describe-trouble.ts'
import { startServer } from './start-server.ts'

type Options = Record<string, unknown>

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** Where the data is: a directory, or Postgres. @throws where neither is named. */
export function dataFrom(options: Options): { readonly data: string } | { readonly databaseUrl: string } {
  const data = text(options.data)
  const databaseUrl = text(process.env.DATABASE_URL)
  if (data) return { data }
  if (databaseUrl) return { databaseUrl }
  throw new Error('Say where the data is: docket-server --data DIR, or DATABASE_URL for Postgres.')
}

/** Runs the server until it is told to end. */
export async function serve(options: Options): Promise<void> {
  const where = dataFrom(options)
  const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime })
  const cert = text(options.tlsCert)
  const key = text(options.tlsKey)
  if ((cert === undefined) !== (key === undefined))
    throw new Error('A certificate comes with its key: --tls-cert FILE --tls-key FILE.')
  const publicUrl = text(options.url)
  const limit = options.requestsAMinute
  const metricsToken = text(process.env.DOCKET_METRICS_TOKEN)
  const server = await startServer({
    ...where,
    port: Number(options.port),
    host: String(options.host),
    ...(publicUrl ? { publicUrl } : {}),
    ...(cert && key ? { tls: { cert, key } } : {}),
    ...(typeof limit === 'number' ? { limits: { token: limit } } : {}),
    trustProxy: options.trustProxy === true,
    ...(metricsToken ? { metricsToken } : {}),
    log: (line) => log.info(line, 'request'),
    onTrouble: (error, what) => log.error({ what, error: describeTrouble(error) }, 'trouble'),
  })
  log.info({ url: server.url, database: 'data' in where ? 'pglite' : 'postgres' }, 'listening')
  if ((await server.admin.workspaces()).length === 0) {
    const how = 'data' in where ? ` --data ${where.data}` : ''
    process.stderr.write(
      `There is no workspace yet. Make one with: npx docket-server${how} admin create-workspace --name NAME\n`,
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
