import { format } from 'date-fns'
import type { TeamView } from '#contract/answers/sync-answers.ts'
import type { Role } from '#contract/sync-api/team.ts'
import { byName } from '#core/text/by-name.ts'

export type TeamMember = TeamView['members'][number]
export type TeamDevice = TeamView['devices'][number]
export type TeamInvite = TeamView['invites'][number]

const roles: Readonly<Record<Role, { readonly name: string; readonly may: string }>> = {
  owner: { name: 'Owner', may: 'changes issues, invites, and decides who is in the team' },
  member: { name: 'Member', may: 'reads and changes issues' },
  reader: { name: 'Reader', may: 'reads, and changes nothing' },
}
export const roleName = (role: Role): string => roles[role].name
/** What somebody of that role does, to be put after a dash. */
export const roleMay = (role: Role): string => roles[role].may
export const roleChoices: readonly { readonly value: Role; readonly label: string }[] = (
  ['owner', 'member', 'reader'] as const
).map((value) => ({ value, label: roles[value].name }))
export const isRole = (text: string): text is Role => Object.hasOwn(roles, text)

const rank: Readonly<Record<Role, number>> = { owner: 0, member: 1, reader: 2 }

/** One member with what belongs to them, in the order in which a team is listed. */
export type TeamEntry = { readonly member: TeamMember; readonly devices: readonly TeamDevice[] }

/**
 * Who is in the team: oneself first, then by role, then by name; each with their devices, the one used last first.
 * @param typed leaves those whose name or device has these words
 */
export function teamEntries({ members, devices, me }: TeamView, typed = ''): readonly TeamEntry[] {
  const byMember = Map.groupBy(devices, ({ memberId }) => memberId)
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  return members
    .filter(({ removedAt }) => removedAt === null)
    .map((member) => ({
      member,
      devices: (byMember.get(member.id) ?? []).toSorted(
        (a, b) => (b.seenAt ?? b.createdAt) - (a.seenAt ?? a.createdAt),
      ),
    }))
    .filter(({ member, devices: theirs }) => {
      const said = [member.name, roleName(member.role), ...theirs.map(({ name }) => name)]
        .join(' ')
        .toLowerCase()
      return words.every((word) => said.includes(word))
    })
    .toSorted(
      (a, b) =>
        Number(b.member.id === me.memberId) - Number(a.member.id === me.memberId) ||
        rank[a.member.role] - rank[b.member.role] ||
        byName(a.member, b.member),
    )
}

/** When any of their devices was last in touch with the server; `null` where none ever was. */
export function lastSeen(devices: readonly TeamDevice[]): number | null {
  const seen = devices.flatMap(({ seenAt }) => (seenAt === null ? [] : [seenAt]))
  return seen.length === 0 ? null : Math.max(...seen)
}

export const devicesText = (count: number): string =>
  count === 0 ? 'no device' : count === 1 ? '1 device' : `${count} devices`

/** Whom an invite is for: `Member`, `Another device of Ada Okafor`. */
export function inviteFor(
  { role, memberId }: Pick<TeamInvite, 'role' | 'memberId'>,
  { members, me }: Pick<TeamView, 'members' | 'me'>,
): string {
  if (memberId === null) return `New ${roleName(role).toLowerCase()}`
  if (memberId === me.memberId) return 'Another device of yours'
  return `Another device of ${members.find(({ id }) => id === memberId)?.name ?? 'a member'}`
}

/** The last moment at which an invite works: `until 5 March, 14:20`. */
export const untilMoment = (at: number): string => `until ${format(at, 'd MMMM, HH:mm')}`
