import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { type DeliveringInbox, delivered, hold } from '../contract/inbox.ts'
import { UnreadableSecretError } from '../contract/unreadable-secret.ts'
import { runningInboxes } from '../testing/running.ts'

let world: ReturnType<typeof runningInboxes>
beforeEach(() => {
  world = runningInboxes()
})
afterEach(() => world.close())

const described = {
  name: 'one',
  title: 'One',
  about: '',
  scope: 'own',
  onByDefault: true,
  settings: z.object({}),
  form: [],
  shouldProcess: ({ type }) => type === 'commented',
} satisfies Partial<DeliveringInbox>

const rows = () =>
  world.inboxDatabase.client
    .prepare('SELECT target, state, attempts, held, detail FROM deliveries ORDER BY target, id')
    .all()

it('a target that lacks something waits without an attempt, says why, and goes on once it is there; the others go on meanwhile', async () => {
  let secret: string | undefined
  const sent: string[] = []
  const running = world.run(
    [
      {
        ...described,
        targets: () => ['lacks', 'works'],
        async handle({ target, attempt }) {
          if (target === 'lacks' && secret === undefined) return hold('Enter the secret.')
          sent.push(`${target} ${attempt}`)
          return delivered()
        },
      },
    ],
    { pace: { attempts: 2 } },
  )
  world.issue(1)
  world.issue(1)
  // Far more often than there are attempts.
  for (let n = 0; n < 6; n++) {
    await running.drain()
    running.refresh()
  }
  await running.drain()
  expect(sent).toEqual(['works 1', 'works 1'])
  const held = { target: 'lacks', state: 0, attempts: 0, held: 1, detail: 'Enter the secret.' }
  const done = { target: 'works', state: 1, attempts: 1, held: 0, detail: null }
  expect(rows()).toEqual([held, held, done, done])
  secret = 'here'
  running.refresh()
  await running.drain()
  expect(sent.slice(2)).toEqual(['lacks 1', 'lacks 1'])
  expect(rows()).toEqual([{ ...done, target: 'lacks' }, { ...done, target: 'lacks' }, done, done])
})

it('a secret that can’t be read here holds its delivery, whatever the inbox makes of secrets', async () => {
  const running = world.run(
    [{ ...described, handle: async (_, { secret }) => delivered(secret('token') ?? 'without a token') }],
    {
      secret: (_, field) => {
        throw new UnreadableSecretError(field)
      },
    },
  )
  world.issue(1)
  await running.drain()
  expect(rows()).toEqual([
    expect.objectContaining({ state: 0, attempts: 0, held: 1, detail: expect.stringContaining('"token"') }),
  ])
})

it('an inbox whose readiness asks for a secret that can’t be read here waits as a whole, and says so', async () => {
  const running = world.run(
    [
      {
        ...described,
        notReady: ({ secret }) => (secret('password') ? undefined : 'Enter the password.'),
        handle: async () => expect.unreachable(),
      },
    ],
    {
      secret: (_, field) => {
        throw new UnreadableSecretError(field)
      },
    },
  )
  world.issue(1)
  await running.drain()
  const trouble = world.inboxDatabase.client.prepare('SELECT trouble FROM inboxes').pluck().get()
  expect(trouble).toMatch(/"password" is there but can't be read here/)
})
