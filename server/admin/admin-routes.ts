import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { z } from 'zod'
import { role } from '#contract/sync-api/team.ts'
import type { Accounts } from '../accounts/accounts.ts'
import { isSame } from '../accounts/secrets.ts'
import { readBody } from '../http/read-body.ts'
import { databaseTrouble, ServerRefusal } from '../http/refusal.ts'

/** What an administrator may ask, by name; the command asks either the database or the running server. */
export const adminRequest = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('workspaces') }),
  z.strictObject({ do: z.literal('create-workspace'), name: z.string().trim().min(1).max(500) }),
  z.strictObject({
    do: z.literal('invite'),
    workspace: z.uuid(),
    role: role.default('member'),
    member: z.uuid().optional(),
    hours: z.int().min(1).max(720).default(72),
  }),
  z.strictObject({ do: z.literal('members'), workspace: z.uuid() }),
  z.strictObject({ do: z.literal('role'), workspace: z.uuid(), member: z.uuid(), role }),
  z.strictObject({
    do: z.literal('revoke'),
    workspace: z.uuid(),
    device: z.uuid().optional(),
    member: z.uuid().optional(),
    invite: z.uuid().optional(),
  }),
])
export type AdminRequest = z.infer<typeof adminRequest>
export type AdminInput = z.input<typeof adminRequest>

/** Does what an administrator asks. @throws ServerRefusal */
export async function administer(accounts: Accounts, request: AdminRequest): Promise<unknown> {
  switch (request.do) {
    case 'workspaces':
      return accounts.workspaces()
    case 'create-workspace':
      return accounts.createWorkspace(request.name)
    case 'invite':
      return accounts.invite(request.workspace, {
        role: request.role,
        memberId: request.member,
        hours: request.hours,
      })
    case 'members':
      return accounts.team(request.workspace)
    case 'role':
      await accounts.changeRole(request.workspace, request.member, request.role)
      return null
    case 'revoke': {
      const { workspace, device, member, invite } = request
      if (device) await accounts.revokeDevice(workspace, device)
      if (member) await accounts.removeMember(workspace, member)
      if (invite) await accounts.withdrawInvite(workspace, invite)
      return null
    }
  }
}

const mostAdminBytes = 65_536

/** The administrator's door of a running server, for whoever can read the secret that lies in the data directory; served on loopback alone. */
export function adminRoutes(
  accounts: Accounts,
  secret: string,
  onBug: (error: unknown, route: string) => void,
): Hono {
  const routes = new Hono()
  routes.onError((error, c) => {
    const refusal = error instanceof ServerRefusal ? error : databaseTrouble(error)
    if (!refusal) onBug(error, '/admin')
    const { code, message, status } =
      refusal ?? new ServerRefusal('internal', 'Something went wrong inside the server.')
    return c.json({ error: { code, message } }, status as 400)
  })
  routes.post('/admin', async (c) => {
    const [scheme, given = ''] = (c.req.header('authorization') ?? '').split(' ')
    if (scheme !== 'Bearer' || !isSame(given, secret))
      throw new ServerRefusal(
        'unauthorized',
        'Administering is for this machine, with the secret of its data directory.',
      )
    const body = await readBody(c.req.raw, { sent: mostAdminBytes, unpacked: mostAdminBytes })
    let asked: unknown
    try {
      asked = JSON.parse(body.toString())
    } catch {
      throw new ServerRefusal('invalid_request', 'The body is not JSON.')
    }
    const parsed = adminRequest.safeParse(asked)
    if (!parsed.success)
      throw new ServerRefusal('invalid_request', parsed.error.issues[0]?.message ?? 'That can not be asked.')
    return c.json({ value: await administer(accounts, parsed.data) })
  })
  return routes
}

/** Opens the door on a free port of loopback, whatever address and certificate clients are served with. */
export async function openAdminDoor(routes: Hono): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(getRequestListener(routes.fetch))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}
