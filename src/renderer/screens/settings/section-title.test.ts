import { expect, it } from 'vitest'
import { sectionTitle } from './section-title.ts'

const inboxes = [
  { name: 'email', title: 'E-mail' },
  { name: 'sync', title: 'Sync' },
]

it('a section of the settings is called what its inbox is called', () => {
  expect(sectionTitle('email', inboxes)).toBe('E-mail')
})

it('the team has one name, whichever link leads to it, and before the inboxes are known', () => {
  expect([sectionTitle('team', []), sectionTitle('sync', inboxes)]).toEqual(['Team', 'Team'])
})

it('neither the list of sections nor a name that is not there has a title of its own', () => {
  expect([sectionTitle(undefined, inboxes), sectionTitle('fax', inboxes)]).toEqual([undefined, undefined])
})
