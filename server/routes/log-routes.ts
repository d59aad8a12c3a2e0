import { helloRequest } from '#contract/sync-api/hello.ts'
import { pullQuery } from '#contract/sync-api/pull.ts'
import { pushRequest } from '#contract/sync-api/push.ts'
import { syncRoutes } from '#contract/sync-api/routes.ts'
import { ServerRefusal } from '../http/refusal.ts'
import { hashAt } from '../log/chain-end.ts'
import { hello, pull } from '../log/pull.ts'
import { push } from '../log/push.ts'
import { answerJson } from './answer-json.ts'
import { mountRoute, type RouteContext } from './app-context.ts'
import { checkRequest, idInAddress, isProtocolId, readJsonBody } from './read-request.ts'

/** The routes that chains travel by: greeting, push, pull, and the hash at a place. */
export function mountLogRoutes({ routes, options, requireDiskSpace }: RouteContext): void {
  const { database, limits, numbering, now } = options
  mountRoute(routes, syncRoutes.hello, async (c) => {
    const request = await readJsonBody(c, helloRequest)
    const caller = c.get('caller')
    const greeted = await database.inWorkspace(caller.workspaceId, 'read', (orm) =>
      hello(orm, caller, request),
    )
    if (request.cursor.seq === greeted.cursor.seq) c.set('quiet', true)
    return answerJson(c, greeted)
  })
  mountRoute(routes, syncRoutes.push, requireDiskSpace, async (c) => {
    const caller = c.get('caller')
    const request = await readJsonBody(c, pushRequest)
    await limits.push(caller, request.events.length, c.get('bodyBytes'))
    return answerJson(c, await push(database, caller, request, numbering, now))
  })
  mountRoute(routes, syncRoutes.pull, async (c) => {
    const { except = '', ...query } = checkRequest(pullQuery, c.req.query())
    const left = chainsLeftOut(except)
    const { workspaceId } = c.get('caller')
    const page = await database.inWorkspace(workspaceId, 'read', (orm) =>
      pull(orm, workspaceId, { ...query, except: left }),
    )
    if (page.events.length === 0) c.set('quiet', true)
    return answerJson(c, page)
  })
  mountRoute(routes, syncRoutes.chainPlace, async (c) => {
    const place = Number(c.req.param('seq'))
    if (!Number.isSafeInteger(place) || place < 0)
      throw new ServerRefusal('invalid_request', 'The place in the address is not a number.')
    const { workspaceId } = c.get('caller')
    const chain = idInAddress(c, 'chain')
    const hash = await database.inWorkspace(workspaceId, 'read', (orm) =>
      hashAt(orm, workspaceId, chain, place),
    )
    if (hash === undefined) throw new ServerRefusal('unknown_place', 'There is nothing at that place.')
    return answerJson(c, { hash })
  })
}

/** The chains that a pull leaves out, each up to a place: a list of CHAIN:SEQ. */
function chainsLeftOut(except: string): Map<string, number> {
  const left = new Map<string, number>()
  for (const part of except.split(',').filter(Boolean)) {
    const match = /^([^:]+):(\d{1,9})$/.exec(part)
    if (!match || !isProtocolId(match[1] as string))
      throw new ServerRefusal('invalid_request', 'except: is a list of CHAIN:SEQ.')
    left.set(match[1] as string, Number(match[2]))
  }
  return left
}
