import { describe, expect, test } from 'vitest'
import {
  emptyJoin,
  isOpenToOthers,
  type JoinDraft,
  joinInput,
  mistakeIn,
  refusedAt,
  urlOf,
} from './join-draft.ts'

const invite = (content: object): string =>
  `docket-invite:${Buffer.from(JSON.stringify({ u: 'https://sync.example', w: 'w', c: 'c', ...content })).toString('base64url')}`
const draft = (over: Partial<JoinDraft>): JoinDraft => ({ ...emptyJoin, invite: invite({}), ...over })
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'

test('the address is the invite’s own until another is typed', () => {
  expect(urlOf(draft({}))).toBe('https://sync.example')
  expect(urlOf(draft({ url: 'http://10.0.0.2' }))).toBe('http://10.0.0.2')
  expect(urlOf(draft({ url: '' }))).toBe('')
})

describe('what is wrong is said where it is', () => {
  test.each([
    [{ invite: '' }, 'invite'],
    [{ invite: 'docket-invite:eyJ1Ij' }, 'invite'],
    [{ invite: 'CODE-1234' }, 'url'],
    [{ url: 'sync.example' }, 'url'],
    [{ url: 'ftp://sync.example' }, 'url'],
    [{ ca: 'hello' }, 'ca'],
    [{ encrypt: true }, 'understood'],
  ] as const)('%j at %s', (over, at) => {
    expect(mistakeIn(draft(over))?.at).toBe(at)
  })

  test('and nothing is said where nothing is', () => {
    expect(mistakeIn(draft({ ca: pem, encrypt: true, understood: true }))).toBeNull()
    expect(mistakeIn(draft({ invite: 'CODE-1234', url: 'http://localhost:8080' }))).toBeNull()
  })
})

test('only what was entered is asked for', () => {
  expect(joinInput(draft({}))).toEqual({ url: 'https://sync.example', invite: invite({}) })
  expect(joinInput(draft({ device: ' Laptop ', ca: pem, encrypt: true, understood: true }))).toEqual({
    url: 'https://sync.example',
    invite: invite({}),
    device: 'Laptop',
    ca: pem,
    encrypt: true,
  })
})

test('a workspace that is encrypted already is not encrypted again, whatever the switch says', () => {
  const joining = draft({ invite: invite({ k: '1:a2V5' }), encrypt: true })
  expect(mistakeIn(joining)).toBeNull()
  expect(joinInput(joining)).not.toHaveProperty('encrypt')
})

test('an address without TLS is open to others unless it is this machine', () => {
  expect(
    ['http://sync.example', 'http://192.168.1.2:8080', 'http://localhost.evil.example'].filter(
      isOpenToOthers,
    ),
  ).toHaveLength(3)
  expect(
    [
      'https://sync.example',
      'http://localhost:8080',
      'http://127.0.0.1',
      'http://[::1]:3',
      'sync',
      '',
    ].filter(isOpenToOthers),
  ).toEqual([])
})

test('a refusal is shown where it can be mended', () => {
  expect(refusedAt('server_refused', 'invite_unusable')).toBe('invite')
  expect(refusedAt('key_missing', undefined)).toBe('invite')
  for (const code of ['server_away', 'wrong_workspace', 'encryption_denied'])
    expect(refusedAt(code, 'unreachable')).toBe('url')
  expect(refusedAt('server_refused', 'rate_limited')).toBeNull()
})
