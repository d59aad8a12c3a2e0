import { syncRoutes } from '#contract/sync-api/routes.ts'
import { joinRequest } from '#contract/sync-api/team.ts'
import { answerJson } from './answer-json.ts'
import { mountRoute, type RouteContext } from './app-context.ts'
import { readJsonBody } from './read-request.ts'

/** The route that an invite alone opens. */
export function mountJoinRoutes({ routes, options, requireDiskSpace }: RouteContext): void {
  const { accounts, limits } = options
  mountRoute(routes, syncRoutes.join, requireDiskSpace, async (c) => {
    await limits.attempt(c.get('address'))
    return answerJson(c, await accounts.join(await readJsonBody(c, joinRequest)), 201)
  })
}
