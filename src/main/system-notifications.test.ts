import { beforeEach, expect, test, vi } from 'vitest'
import { safeStorageSealer } from './safe-storage-sealer.ts'
import { systemNotifications } from './system-notifications.ts'
import { FakeNotification, fake, resetFakeElectron } from './testing/fake-electron.ts'

vi.mock('electron', async () => (await import('./testing/fake-electron.ts')).fakeElectron())
beforeEach(resetFakeElectron)

const one = { tag: 'an-issue', title: 'DOC-4 Crash', body: 'Ada commented', to: '/issue/DOC-4' }

test('a click on a notification leads to its issue', () => {
  const places: string[] = []
  expect(systemNotifications((place) => places.push(place))(one)).toBe(true)
  const [shown] = FakeNotification.made
  expect(shown).toMatchObject({ state: 'shown', options: { title: 'DOC-4 Crash', body: 'Ada commented' } })
  shown?.emit('click')
  expect(places).toEqual(['/issue/DOC-4'])
})

test('another of the same issue replaces the one that is there', () => {
  const show = systemNotifications(() => {})
  show(one)
  show({ ...one, body: 'Grace commented' })
  show({ ...one, tag: 'another-issue' })
  expect(FakeNotification.made.map(({ state }) => state)).toEqual(['closed', 'shown', 'shown'])
})

test('a system that shows none says so', () => {
  FakeNotification.supported = false
  expect(systemNotifications(() => {})(one)).toBe(false)
})

test('a secret is sealed by the keychain, opened again, and not opened where it was sealed elsewhere', () => {
  const sealer = safeStorageSealer()
  const sealed = sealer.seal('hunter2', 'email/password')
  expect(sealer.open(sealed, 'email/password')).toEqual({ text: 'hunter2', bound: true })
  expect(sealer.open(Buffer.from('from another machine'), 'email/password')).toBeUndefined()
  fake.keychain = false
  expect(() => sealer.seal('hunter2', 'email/password')).toThrow('keychain')
  expect(sealer.open(sealed, 'email/password')).toBeUndefined()
})

test('a secret that was put under another name does not open there, and one from before names were bound does', () => {
  const sealer = safeStorageSealer()
  const sealed = sealer.seal('hunter2', 'email/password')
  for (const other of ['webhooks/header:ci', 'email/passwor', 'email/password2', ''])
    expect(sealer.open(sealed, other)).toBeUndefined()
  const earlier = Buffer.from('sealed:two\nlines')
  expect(sealer.open(earlier, 'email/password')).toEqual({ text: 'two\nlines', bound: false })
})
