import { digestReport } from '#contract/sync-api/agreement.ts'
import { syncRoutes } from '#contract/sync-api/routes.ts'
import { readBody } from '../http/read-body.ts'
import { ServerRefusal } from '../http/refusal.ts'
import { answerJson } from './answer-json.ts'
import { mountRoute, quietly, type RouteContext } from './app-context.ts'
import { idInAddress, readJsonBody } from './read-request.ts'

/** The routes by which replicas compare their states, and lay open what they differ in. */
export function mountAgreementRoutes({ routes, options, requireDiskSpace }: RouteContext): void {
  const { accounts } = options
  mountRoute(routes, syncRoutes.reportDigest, quietly, requireDiskSpace, async (c) =>
    answerJson(c, await accounts.reportDigest(c.get('caller'), await readJsonBody(c, digestReport))),
  )
  mountRoute(routes, syncRoutes.putEvidence, requireDiskSpace, async (c) => {
    const { mostBytes } = syncRoutes.putEvidence
    const evidence = await readBody(c.req.raw, { sent: mostBytes, unpacked: mostBytes })
    await accounts.putEvidence(c.get('caller'), idInAddress(c, 'chain'), evidence)
    return answerJson(c, null)
  })
  mountRoute(routes, syncRoutes.getEvidence, async (c) => {
    const found = await accounts.evidence(c.get('caller').workspaceId, idInAddress(c, 'chain'))
    if (!found) throw new ServerRefusal('unknown_place', 'That replica has laid nothing open.')
    return c.body(new Uint8Array(found), 200, { 'content-type': 'application/octet-stream' })
  })
}
