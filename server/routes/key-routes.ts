import { newKey } from '#contract/sync-api/keys.ts'
import { syncRoutes } from '#contract/sync-api/routes.ts'
import { answerJson } from './answer-json.ts'
import { mountRoute, type RouteContext } from './app-context.ts'
import { readJsonBody, requireOwner } from './read-request.ts'

/** The routes about the keys of an encrypted workspace. */
export function mountKeyRoutes({ routes, options, requireDiskSpace }: RouteContext): void {
  const { accounts } = options
  mountRoute(routes, syncRoutes.keys, async (c) => answerJson(c, await accounts.keys(c.get('caller'))))
  mountRoute(routes, syncRoutes.newKey, requireDiskSpace, async (c) => {
    await accounts.newKey(requireOwner(c), await readJsonBody(c, newKey))
    return answerJson(c, null, 201)
  })
}
