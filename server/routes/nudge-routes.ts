import { streamSSE } from 'hono/streaming'
import { closedStream } from '#contract/sync-api/nudges.ts'
import { syncRoutes } from '#contract/sync-api/routes.ts'
import { mountRoute, type RouteContext } from './app-context.ts'
import { writeNudges } from './write-nudges.ts'

/** The route whose stream says when the workspace grows. */
export function mountNudgeRoutes({ routes, options }: RouteContext): void {
  const { database, accounts, nudges, streams } = options
  mountRoute(routes, syncRoutes.nudges, (c) => {
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
}
