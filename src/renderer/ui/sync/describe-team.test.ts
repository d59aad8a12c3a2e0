import { expect, test } from 'vitest'
import type { TeamView } from '#contract/answers/sync-answers.ts'
import { inviteFor, lastSeen, teamEntries } from './describe-team.ts'

const member = (
  id: string,
  name: string,
  role: 'owner' | 'member' | 'reader',
  removedAt: number | null = null,
) => ({
  id,
  name,
  role,
  joinedAt: 0,
  removedAt,
})
const device = (id: string, memberId: string, name: string, seenAt: number | null) => ({
  id,
  memberId,
  name,
  createdAt: 1,
  seenAt,
  publicKey: null,
  proof: null,
})
const team: TeamView = {
  members: [
    member('zoe', 'Zoë Bell', 'member'),
    member('ada', 'Ada Okafor', 'member'),
    member('ben', 'Ben Okri', 'owner'),
    member('eve', 'Eve Gone', 'member', 5),
    member('nora', 'Nora Falk', 'reader'),
  ],
  devices: [
    device('d1', 'nora', 'Phone', 10),
    device('d2', 'nora', 'Laptop', 20),
    device('d3', 'ada', 'Work laptop', null),
  ],
  invites: [],
  me: { memberId: 'nora', deviceId: 'd2', role: 'reader' },
  encrypted: false,
  key: null,
}
const names = (typed?: string) => teamEntries(team, typed).map(({ member: { name } }) => name)

test('a team lists oneself, then owners, then the others by name; who was removed is not in it', () => {
  expect(names()).toEqual(['Nora Falk', 'Ben Okri', 'Ada Okafor', 'Zoë Bell'])
})

test('each member comes with their devices, the one used last first', () => {
  expect(teamEntries(team)[0]?.devices.map(({ name }) => name)).toEqual(['Laptop', 'Phone'])
  expect(lastSeen(teamEntries(team)[0]?.devices ?? [])).toBe(20)
  expect(lastSeen([device('d3', 'ada', 'Work laptop', null)])).toBeNull()
})

test('typing leaves those whose name, role or device has the words', () => {
  expect(names('laptop')).toEqual(['Nora Falk', 'Ada Okafor'])
  expect(names(' OK  member ')).toEqual(['Ada Okafor'])
  expect(names('nobody')).toEqual([])
})

test('an invite says whom it is for', () => {
  expect(inviteFor({ role: 'reader', memberId: null }, team)).toBe('New reader')
  expect(inviteFor({ role: 'reader', memberId: 'nora' }, team)).toBe('Another device of yours')
  expect(inviteFor({ role: 'member', memberId: 'ada' }, team)).toBe('Another device of Ada Okafor')
})
