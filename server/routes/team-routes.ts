import { syncRoutes } from '#contract/sync-api/routes.ts'
import { inviteRequest, memberChange, teamQuery } from '#contract/sync-api/team.ts'
import { ServerRefusal } from '../http/refusal.ts'
import { answerJson } from './answer-json.ts'
import { mountRoute, type RouteContext } from './app-context.ts'
import { checkRequest, idInAddress, readJsonBody, requireOwner } from './read-request.ts'

/** The routes about members, their devices and invites. */
export function mountTeamRoutes({ routes, options, requireDiskSpace }: RouteContext): void {
  const { accounts } = options
  mountRoute(routes, syncRoutes.team, async (c) => {
    const { limit, after } = checkRequest(teamQuery, c.req.query())
    const { workspaceId } = c.get('caller')
    return answerJson(
      c,
      await (limit === undefined
        ? accounts.team(workspaceId)
        : accounts.teamPage(workspaceId, { limit, after })),
    )
  })
  mountRoute(routes, syncRoutes.invite, requireDiskSpace, async (c) => {
    const request = await readJsonBody(c, inviteRequest)
    const caller = c.get('caller')
    // Everybody may bring a further device of their own.
    const own = request.memberId === caller.memberId
    const { workspaceId } = own ? caller : requireOwner(c)
    return answerJson(c, await accounts.invite(workspaceId, request, caller.memberId), 201)
  })
  mountRoute(routes, syncRoutes.withdrawInvite, async (c) => {
    await accounts.withdrawInvite(requireOwner(c).workspaceId, idInAddress(c, 'invite'))
    return answerJson(c, null)
  })
  mountRoute(routes, syncRoutes.changeRole, async (c) => {
    const { role } = await readJsonBody(c, memberChange)
    await accounts.changeRole(requireOwner(c).workspaceId, idInAddress(c, 'member'), role)
    return answerJson(c, null)
  })
  mountRoute(routes, syncRoutes.removeMember, async (c) => {
    await accounts.removeMember(requireOwner(c).workspaceId, idInAddress(c, 'member'))
    return answerJson(c, null)
  })
  mountRoute(routes, syncRoutes.revokeDevice, async (c) => {
    const device = idInAddress(c, 'device')
    const caller = c.get('caller')
    const whose = await accounts.ownerOf(caller.workspaceId, device)
    if (whose === undefined) throw new ServerRefusal('unknown_place', 'There is no such device.')
    if (whose !== caller.memberId) requireOwner(c)
    await accounts.revokeDevice(caller.workspaceId, device)
    return answerJson(c, null)
  })
}
