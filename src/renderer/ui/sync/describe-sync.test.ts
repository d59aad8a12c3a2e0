import { describe, expect, test } from 'vitest'
import { agreementText, type SyncView } from '#contract/answers/sync-answers.ts'
import { spanText } from '#core/describe/span-text.ts'
import { clockText, encryptionText, lineOf, untilText } from './describe-sync.ts'

const now = 1_000_000
const view = (over: Partial<SyncView>): SyncView => ({
  state: 'up_to_date',
  reason: null,
  server: 'https://sync.example',
  workspace: 'Saltwater',
  role: 'owner',
  device: 'Laptop',
  encrypted: false,
  progress: null,
  unpushed: 0,
  notTaken: null,
  ahead: 0,
  unreadable: 0,
  polling: false,
  lastSyncedAt: null,
  nextTryAt: null,
  agreement: { state: 'unknown', digest: null, replicas: 0, difference: null },
  clockAheadMillis: null,
  ...over,
})
const differing = { state: 'differs', digest: null, replicas: 2 } as const
const line = (over: Partial<SyncView>) => lineOf(view(over), now).text

describe('the standing in one line', () => {
  test('says how far a round is, with thousands marked', () => {
    expect(line({ state: 'syncing', progress: { done: 1_204, total: 100_000 } })).toBe(
      'Syncing 1,204 of 100,000',
    )
    expect(line({ state: 'syncing' })).toBe('Syncing…')
  })

  test('counts down to the next try, and says when that is due', () => {
    expect(line({ state: 'offline', nextTryAt: now + 11_200 })).toBe('Offline · tries again in 12 s')
    expect(line({ state: 'offline', nextTryAt: now })).toBe('Offline · trying again')
    expect(line({ state: 'offline' })).toBe('Offline')
  })

  test('says what waits while it is paused', () => {
    expect(line({ state: 'paused' })).toBe('Paused')
    expect(line({ state: 'paused', unpushed: 1_300 })).toBe('Paused · 1,300 to send')
  })

  test('gives the server’s reason where it refuses', () => {
    const reason = { code: 'unauthorized', message: 'This device was revoked.' }
    expect(line({ state: 'refused', reason })).toBe('Refused: This device was revoked.')
  })

  test('is an alarm where copies differ, whatever else goes on', () => {
    const difference = { eventId: 'e1', issueKey: null, with: 'Ben’s laptop', bundle: null }
    for (const state of ['up_to_date', 'offline', 'syncing'] as const)
      expect(lineOf(view({ state, agreement: { ...differing, difference } }), now)).toEqual({
        text: 'This copy differs',
        tone: 'danger',
      })
  })
})

test('agreement names how many agree, or what differs and from whom', () => {
  const same = { state: 'same', digest: 'ab', difference: null } as const
  expect(agreementText({ ...same, replicas: 3 })).toBe('Same as the server; 3 replicas agree')
  const difference = { eventId: 'e1', issueKey: 'DOC-42', with: 'Ben’s laptop', bundle: '/b' }
  expect(agreementText({ ...differing, difference })).toBe(
    'This copy differs from Ben’s laptop since a change of DOC-42',
  )
  expect(agreementText({ ...differing, difference: { ...difference, issueKey: null } })).toBe(
    'This copy differs from Ben’s laptop since the event e1',
  )
})

test('encryption is told as far as it goes', () => {
  expect(encryptionText({ encrypted: true, server: 'http://sync.example' })).toBe('End to end')
  expect(encryptionText({ encrypted: false, server: 'https://sync.example' })).toBe('On the way only')
  expect(encryptionText({ encrypted: false, server: 'http://sync.example' })).toBe('No')
})

test('times are told in one unit', () => {
  expect([-5, 200, 59_000, 60_000, 61_000, 3_600_000].map(untilText)).toEqual([
    '1 s',
    '1 s',
    '59 s',
    '1 min',
    '2 min',
    '1 h',
  ])
  expect([360_000, 86_400_000, 2 * 86_400_000 + 5, 366 * 86_400_000].map(spanText)).toEqual([
    '6 minutes',
    '1 day',
    '2 days',
    '1 year',
  ])
  expect(clockText(2 * 86_400_000)).toBe(
    'This computer’s clock is 2 days ahead; others see your changes flagged.',
  )
})
