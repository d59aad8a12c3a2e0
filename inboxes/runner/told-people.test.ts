import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Notification } from '#contract/answers/inbox-answers.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { emailInbox } from '../builtin/email/email.ts'
import { mailMembers } from '../builtin/email/testing/mail-around.ts'
import { mailPassword, mailServer, mailUser } from '../builtin/email/testing/mail-server.ts'
import { inAppInbox } from '../builtin/notifications/in-app.ts'
import { notificationsInbox } from '../builtin/notifications/notifications.ts'
import { localCertificate } from '../testing/certificate.ts'
import { describedWorkspace } from '../testing/described-workspace.ts'
import { ada, grace } from '../testing/made-events.ts'
import { runningInboxes } from '../testing/running.ts'

// The inboxes that tell people, run by the real runner on a real log and delivery store.

let world: ReturnType<typeof runningInboxes>
beforeEach(() => {
  world = runningInboxes()
})
afterEach(() => world.close())

/** A reader over what is in the log at every moment, for the people of `mailMembers`. */
function people() {
  const events: RecordedEvent[] = []
  const known = describedWorkspace({ me: ada, members: mailMembers, issues: [], events })
  return {
    workspace: known,
    /** Takes in what was recorded. */
    readOn(): void {
      const after = events.at(-1)?.position ?? (0 as RecordedEvent['position'])
      events.push(...world.log.readAll(after, 1_000))
    },
  }
}

function settle(name: string, settings: object): void {
  world.deliveryStore.ensure(name, world.log.position(), true)
  world.inboxDatabase.client
    .prepare('UPDATE inboxes SET settings = ? WHERE name = ?')
    .run(JSON.stringify(settings), name)
}
const rows = (inbox: string) =>
  world.inboxDatabase.client
    .prepare('SELECT target, state, attempts, detail FROM deliveries WHERE inbox = ? ORDER BY target')
    .all(inbox) as { target: string; state: number; attempts: number; detail: string | null }[]
const [done, dead] = [1, 3]
const pace = { firstBackoffMillis: 1, longestBackoffMillis: 5 }

test('mail: one recipient of three is refused and is a dead letter alone; one that was put off is written to once', async () => {
  const certificate = await localCertificate()
  const server = await mailServer({
    certificate,
    refuse: (address, before) => {
      if (address.startsWith('linus')) return { code: 550, text: 'No such user' }
      return before < 2 && address.startsWith('grace') ? { code: 451, text: 'Later' } : undefined
    },
  })
  const { workspace, readOn } = people()
  const id = world.issue()
  for (const { id: memberId, name } of mailMembers) world.comment(id, `I am ${name}`, memberId)
  settle('email', {
    host: 'localhost',
    port: server.port,
    user: mailUser,
    from: 'docket@example.net',
    ca: certificate.cert,
  })
  world.comment(id, 'Who is here?', mailMembers[3]?.id)
  readOn()
  const runner = world.run([emailInbox], { workspace, pace, secret: () => mailPassword })
  // Without waiting for others to be gathered.
  await runner.drain()
  await expect.poll(() => rows('email').map(({ state }) => state)).toEqual([done, done, dead])
  const [toAda, toGrace, toLinus] = rows('email')
  expect([toAda?.target, toGrace?.attempts]).toEqual([ada, 3])
  expect(toLinus).toMatchObject({ attempts: 1, detail: expect.stringContaining('550 No such user') })
  expect(server.mails.map(({ to }) => to[0]).toSorted()).toEqual(['ada@example.org', 'grace@example.org'])
  await runner.stop()
  await server.close()
})

test('a digest: what came together is one mail', async () => {
  const certificate = await localCertificate()
  const server = await mailServer({ certificate })
  const { workspace, readOn } = people()
  const id = world.issue(0, grace)
  settle('email', {
    host: 'localhost',
    port: server.port,
    user: mailUser,
    from: 'docket@example.net',
    ca: certificate.cert,
    mode: 'digest',
  })
  for (const word of ['One', 'Two', 'Three']) world.comment(id, word, ada)
  readOn()
  const runner = world.run([emailInbox], { workspace, pace, secret: () => mailPassword })
  await runner.drain()
  expect(server.mails).toHaveLength(1)
  expect(server.mails[0]?.part('text/plain')).toMatch(/> One[\s\S]*> Two[\s\S]*> Three/)
  expect(rows('email').map(({ state }) => state)).toEqual([done, done, done])
  await runner.stop()
  await server.close()
})

test('forty comments at once are one notification, and one line of the inbox', async () => {
  const shown: Notification[] = []
  const { workspace, readOn } = people()
  const id = world.issue(0, ada)
  const other = world.issue(0, ada)
  for (const inbox of [notificationsInbox, inAppInbox]) settle(inbox.name, {})
  for (let n = 0; n < 40; n++) world.comment(n % 2 === 0 ? id : other, `Comment ${n}`, grace)
  world.comment(id, 'My own', ada)
  readOn()
  const runner = world.run([notificationsInbox, inAppInbox], {
    workspace,
    pace,
    host: {
      execute: () => Promise.reject(new Error('nothing is asked for')),
      notify: async (notification) => {
        shown.push(notification)
        return true
      },
    },
  })
  await runner.drain()
  expect(shown.map(({ title, to }) => [title, to])).toEqual([['40 changes on 2 issues', '/inbox']])
  expect(world.notices.list('inbox', 10).map(({ events, reason }) => [events, reason])).toEqual([
    [20, 'subscribed'],
    [20, 'subscribed'],
  ])
})
