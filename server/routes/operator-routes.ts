import { isSame } from '../accounts/secrets.ts'
import { ServerRefusal } from '../http/refusal.ts'
import { quietly, type RouteContext } from './app-context.ts'
import { openApiDocument } from './open-api.ts'

/** The routes for whoever runs the server: health, metrics, and the description of the protocol. */
export function mountOperatorRoutes({ routes, options }: RouteContext): void {
  const { database, metrics } = options
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
}
