import { join } from 'node:path'
import { formatInvite } from '#contract/invite-text.ts'
import type { Invited, Team } from '#contract/sync-api/team.ts'
import { accounts } from './accounts/accounts.ts'
import { type AdminInput, adminRequest, administer as perform } from './admin/admin-routes.ts'
import { askServer, claimFolder } from './admin/data-folder.ts'
import { openServerDatabase } from './database/open-database.ts'
import { dataFrom } from './serve.ts'

type Options = Record<string, unknown>
/** Asks either the database or the server that has it open. */
type Door = {
  ask(request: AdminInput): Promise<unknown>
  readonly publicUrl: string
  close(): Promise<void>
}

async function openDoor(options: Options): Promise<Door> {
  const where = dataFrom(options)
  let release: () => void = () => {}
  if ('data' in where) {
    const claim = await claimFolder(where.data)
    if (claim.by === 'server') {
      const { door } = claim
      return { publicUrl: door.publicUrl, ask: (request) => askServer(door, request), close: async () => {} }
    }
    release = claim.release
  }
  const database = await openServerDatabase({
    at: 'data' in where ? { data: join(where.data, 'database') } : where,
  }).catch((error) => {
    release()
    throw error
  })
  const people = accounts(database, Date.now)
  const url = typeof options.url === 'string' ? options.url : `http://127.0.0.1:${Number(options.port)}`
  return {
    publicUrl: url,
    async ask(request) {
      const parsed = adminRequest.safeParse(request)
      if (!parsed.success) throw new Error(parsed.error.issues[0]?.message ?? 'That can not be asked.')
      return perform(people, parsed.data)
    },
    async close() {
      await database.close()
      release()
    },
  }
}

const day = (millis: number): string => new Date(millis).toISOString().slice(0, 16).replace('T', ' ')

function teamLines({ members, devices, invites }: Team): string {
  const lines = members.map(({ id, name, role, removedAt }) => {
    const own = devices.filter(({ memberId }) => memberId === id)
    const tokens = own.map(
      ({ id: device, name: called, seenAt }) =>
        `    ${device}  ${called}${seenAt === null ? '' : `, seen ${day(seenAt)}`}`,
    )
    return [`${id}  ${name}, ${removedAt === null ? role : 'removed'}`, ...tokens].join('\n')
  })
  const open = invites.map(({ id, role, expiresAt }) => `invite ${id}  ${role}, until ${day(expiresAt)}`)
  return [...lines, ...open].join('\n')
}

/** Does what an administrator asks and prints what came of it. @throws Error with a sentence. */
export async function administerByCommand(options: Options, request: object): Promise<void> {
  const asked = request as AdminInput
  const at = await openDoor(options)
  try {
    const workspace =
      asked.do === 'create-workspace' || asked.do === 'workspaces' ? undefined : await which(at, options)
    const value = await at.ask({ ...asked, ...(workspace ? { workspace } : {}) } as AdminInput)
    print(options, asked, value, at.publicUrl, workspace)
  } finally {
    await at.close()
  }
}

async function which(at: Door, options: Options): Promise<string> {
  if (typeof options.workspace === 'string') return options.workspace
  const all = (await at.ask({ do: 'workspaces' })) as readonly { id: string; name: string }[]
  const [only] = all
  if (!only)
    throw new Error(
      'There is no workspace yet. Make one with: docket-server admin create-workspace --name NAME',
    )
  if (all.length > 1)
    throw new Error(
      `Say which workspace with --workspace ID:\n${all.map(({ id, name }) => `  ${id}  ${name}`).join('\n')}`,
    )
  return only.id
}

function print(options: Options, asked: AdminInput, value: unknown, url: string, workspace?: string): void {
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  if (asked.do === 'create-workspace' || asked.do === 'invite') {
    const made = value as Invited & { workspaceId?: string }
    const workspaceId = made.workspaceId ?? workspace
    const text = formatInvite({ url, ...(workspaceId ? { workspaceId } : {}), code: made.code })
    if (options.json) say(JSON.stringify({ ...made, workspaceId, url, invite: text }))
    else {
      if (asked.do === 'create-workspace') say(`Workspace ${workspaceId}`)
      say(`Invite, to be taken once until ${day(made.expiresAt)}:\n${text}`)
    }
    return
  }
  if (options.json) say(JSON.stringify(value))
  else if (asked.do === 'members') say(teamLines(value as Team))
  else if (asked.do === 'workspaces')
    for (const { id, name } of value as readonly { id: string; name: string }[]) say(`${id}  ${name}`)
  else say('Done.')
}
