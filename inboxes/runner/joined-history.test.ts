import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { inAppInbox } from '../builtin/notifications/in-app.ts'
import { type DeliveringInbox, delivered, type Scope } from '../contract/inbox.ts'
import { bringOver } from '../testing/bring-over.ts'
import { idOf } from '../testing/made-events.ts'
import { runningInboxes } from '../testing/running.ts'
import { joinedHistory } from './joined-history.ts'

const grace = idOf(0xa2)
let here: ReturnType<typeof runningInboxes>
let there: ReturnType<typeof runningInboxes>
beforeEach(() => {
  here = runningInboxes()
  there = runningInboxes()
})
afterEach(async () => {
  await here.close()
  await there.close()
})

const scopes: readonly Scope[] = ['own', 'others', 'all']

it('a join is quiet for every scope, and what others do after it is not', async () => {
  const heard: Record<string, string[]> = { own: [], others: [], all: [] }
  const listening = (scope: Scope): DeliveringInbox => ({
    name: scope,
    title: scope,
    about: '',
    scope,
    onByDefault: true,
    settings: z.object({}),
    form: [],
    shouldProcess: ({ type }) => type === 'commented',
    async handle({ event }) {
      heard[scope]?.push(event.id)
      return delivered()
    },
  })
  here.deliveryStore.ensure('sync', 0, true)
  const joined = joinedHistory(here.inboxDatabase, here.reader, () => true)
  const running = here.run([...scopes.map(listening), inAppInbox], { quietUpTo: joined.quietUpTo })

  // Of old: an issue of mine, from another device, on which others wrote.
  const issue = there.issue(0)
  for (let n = 0; n < 6; n++) there.comment(issue, `Before ${n}`, grace)
  bringOver(there, here)
  await running.drain()
  // What is recorded here is told of even before everything is there.
  const mine = here.comment(here.issue(0), 'Mine')
  await running.drain()
  expect(heard).toEqual({ own: [mine], others: [], all: [mine] })
  expect(here.notices.unread()).toBe(0)

  // The last of it comes just before the catch-up is over, and is read after it.
  there.comment(issue, 'Just before', grace)
  bringOver(there, here)
  joined.caughtUp()
  await running.drain()
  expect(heard).toEqual({ own: [mine], others: [], all: [mine] })

  const after = there.comment(issue, 'After', grace)
  bringOver(there, here)
  joined.caughtUp()
  await running.drain()
  expect(heard).toEqual({ own: [mine], others: [after], all: [mine, after] })
  expect(here.notices.unread()).toBe(1)
})

it('is history of the log that it came into: nothing is quiet in another, or without a team', () => {
  const joined = joinedHistory(here.inboxDatabase, here.reader, () => true)
  expect(joined.quietUpTo()).toBe(Number.POSITIVE_INFINITY)
  here.issue(2)
  joined.caughtUp()
  expect(joined.quietUpTo()).toBe(3)
  there.issue(5)
  expect(joinedHistory(here.inboxDatabase, there.reader, () => true).quietUpTo()).toBe(0)
  expect(joinedHistory(there.inboxDatabase, there.reader, () => false).quietUpTo()).toBe(0)
})
