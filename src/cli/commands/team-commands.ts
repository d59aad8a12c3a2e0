import type { TeamView } from '#contract/answers/sync-answers.ts'
import { type Role, roles } from '#contract/sync-api/team.ts'
import type { Shared } from '../input/open-here.ts'
import { withService } from '../input/with-service.ts'
import { accepted, print, printedInstant, printJson, quoted, safeLine, UsageError } from '../output/output.ts'
import { outputWidth, type TableColumn, table } from '../output/table.ts'

const columns: readonly TableColumn[] = [
  { head: 'MEMBER', grows: true },
  { head: 'ROLE' },
  { head: 'DEVICE', grows: true },
  { head: 'SEEN', spare: 2 },
  { head: 'ID' },
]

/** One row a member and one a device, then what invites are open. */
function show(team: TeamView, options: Shared): void {
  if (options.json) {
    printJson(team)
    return
  }
  const { members, devices, invites, me, encrypted, key } = team
  const rows = members.flatMap(({ id, name, role, removedAt }) => [
    [
      `${safeLine(name)}${id === me.memberId ? ' (you)' : ''}`,
      removedAt === null ? role : 'removed',
      '',
      '',
      id,
    ],
    ...devices
      .filter(({ memberId }) => memberId === id)
      .map((device) => [
        '',
        '',
        `${safeLine(device.name)}${device.id === me.deviceId ? ' (this one)' : ''}`,
        device.seenAt === null ? '' : printedInstant(device.seenAt),
        device.id,
      ]),
  ])
  const open = invites.map(
    ({ id, role, expiresAt }) => `Open invite ${id}: ${role}, until ${printedInstant(expiresAt)}`,
  )
  const sealed = encrypted
    ? [`Encrypted end to end${key && !key.have ? ', with a key that is not on this device' : ''}`]
    : []
  print([table(columns, rows, outputWidth()), ...open, ...sealed].join('\n'))
}

/** A member who is there, by id or by the whole of the name. @throws UsageError where there is none such, or more than one. */
function memberNamed({ members }: TeamView, text: string): TeamView['members'][number] {
  const wanted = text.trim().toLowerCase()
  const found = members.filter(
    ({ id, name, removedAt }) => removedAt === null && (id === wanted || name.toLowerCase() === wanted),
  )
  const [only] = found
  if (!only) throw new UsageError(`There is no member ${quoted(text)} in this team; see docket team members.`)
  if (found.length > 1)
    throw new UsageError(
      `${found.length} members are called ${quoted(text)}; say which by id: ${found.map(({ id }) => id).join(', ')}`,
    )
  return only
}

export async function listMembers(options: Shared): Promise<void> {
  await withService(options, async (service) => show(accepted(await service.call('team.get', {})), options))
}

export type InviteOptions = Shared & {
  readonly role?: Role
  readonly member?: string
  readonly hours?: number
}

export async function invite(options: InviteOptions): Promise<void> {
  await withService(options, async (service) => {
    const { member, role, hours } = options
    const whose =
      member === undefined ? undefined : memberNamed(accepted(await service.call('team.get', {})), member)
    const made = accepted(
      await service.call('team.invite', {
        ...(role === undefined ? {} : { role }),
        ...(whose ? { memberId: whose.id as never } : {}),
        ...(hours === undefined ? {} : { hours }),
      }),
    )
    if (options.json) printJson(made)
    else print(`To be taken once until ${printedInstant(made.expiresAt)}:\n${made.text}`)
  })
}

/** @throws UsageError for what is no role. */
export function roleNamed(text: string): Role {
  const found = roles.find((each) => each === text)
  if (!found) throw new UsageError(`${quoted(text)} is no role: owner, member or reader.`)
  return found
}

export async function giveRole(who: string, role: Role, options: Shared): Promise<void> {
  await withService(options, async (service) => {
    const { id } = memberNamed(accepted(await service.call('team.get', {})), who)
    show(accepted(await service.call('team.changeRole', { memberId: id as never, role })), options)
  })
}

export async function remove(who: string, options: Shared): Promise<void> {
  await withService(options, async (service) => {
    const { id } = memberNamed(accepted(await service.call('team.get', {})), who)
    show(accepted(await service.call('team.removeMember', { memberId: id as never })), options)
  })
}

/** Revokes a device, or takes an invite back: by its id. */
export async function revoke(id: string, options: Shared): Promise<void> {
  await withService(options, async (service) => {
    const { devices, invites } = accepted(await service.call('team.get', {}))
    if (devices.some((device) => device.id === id))
      return show(accepted(await service.call('team.revokeDevice', { deviceId: id })), options)
    if (invites.some((open) => open.id === id))
      return show(accepted(await service.call('team.withdrawInvite', { inviteId: id })), options)
    throw new UsageError(`There is no device or open invite ${quoted(id)}; see docket team members.`)
  })
}
