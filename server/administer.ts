import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { formatInvite } from '#contract/invite-text.ts'
import type { Invited, Team } from '#contract/sync-protocol.ts'
import { takeLock } from '#db/exclusive-lock.ts'
import { accounts } from './accounts.ts'
import { type AdminInput, adminRequest, administer as perform } from './admin-routes.ts'
import { openDatabase } from './open-database.ts'
import { dataFrom } from './serve.ts'
import { adminFile } from './start-server.ts'

type Options = Record<string, unknown>
/** Asks either the database or the server that has it open. */
type Door = {
  ask(request: AdminInput): Promise<unknown>
  readonly publicUrl: string
  close(): Promise<void>
}

const door = z.object({ url: z.string(), publicUrl: z.string(), secret: z.string() })

/** How long a server that has just been started may take until it listens, in milliseconds. */
const patienceMillis = 20_000

async function runningServer(folder: string): Promise<Door> {
  const file = adminFile(folder)
  for (const until = Date.now() + patienceMillis; !existsSync(file); ) {
    if (Date.now() > until)
      throw new Error(`${folder} is open in another process that does not answer as a docket-server.`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const { url, publicUrl, secret } = door.parse(JSON.parse(readFileSync(file, 'utf8')))
  return {
    publicUrl,
    async ask(request) {
      const response = await fetch(`${url}/admin`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify(request),
      })
      const answer = (await response.json()) as { value?: unknown; error?: { message: string } }
      if (!response.ok)
        throw new Error(answer.error?.message ?? `The server answered with ${response.status}.`)
      return answer.value
    },
    close: async () => {},
  }
}

async function openDoor(options: Options): Promise<Door> {
  const where = dataFrom(options)
  let release: () => void = () => {}
  if ('data' in where) {
    mkdirSync(where.data, { recursive: true, mode: 0o700 })
    const lock = takeLock(join(where.data, 'server.lock'))
    if (!lock) return runningServer(where.data)
    release = lock
  }
  const database = await openDatabase({
    at: 'data' in where ? { data: join(where.data, 'database') } : where,
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
export async function administer(options: Options, request: object): Promise<void> {
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
