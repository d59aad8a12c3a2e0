import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { type DeliveringInbox, delivered } from '../contract/inbox.ts'
import { bringOver } from '../testing/bring-over.ts'
import { runningInboxes } from '../testing/running.ts'

type World = ReturnType<typeof runningInboxes>
let one: World
let two: World
beforeEach(() => {
  one = runningInboxes()
  two = runningInboxes()
})
afterEach(async () => {
  await one.close()
  await two.close()
})

const mailing = (sent: string[], name: string): DeliveringInbox => ({
  name: 'mail',
  title: 'Mail',
  about: '',
  scope: 'own',
  onByDefault: true,
  settings: z.object({}),
  form: [],
  shouldProcess: ({ type }) => type === 'commented',
  async handle() {
    sent.push(name)
    return delivered()
  },
})

/** What a rule by the clock does to an issue, under the id that every copy derives for it. */
function act(world: World, issue: string, id: string): void {
  world.log.append({ type: 'issue', id: issue }, [
    {
      id,
      type: 'commented',
      data: { commentId: id, body: 'It is due' },
      actorId: world.me,
      metadata: { triggeredBy: 'automation', causationText: 'it is due', depth: 1 },
    },
  ])
}
const details = ({ inboxDatabase }: World) =>
  inboxDatabase.client.prepare('SELECT detail FROM deliveries WHERE state = 2').pluck().all()

it('what two copies of a workspace did by the clock is told by one of them, the one whose record is first', async () => {
  const sent: string[] = []
  let shift = 0
  const issue = one.issue(0)
  bringOver(one, two)
  const running = [one, two].map((world, n) => {
    world.deliveryStore.ensure('sync', 0, true)
    return world.run([mailing(sent, ['one', 'two'][n] as string)], { now: () => Date.now() + shift })
  })
  const id = deriveId('occasion', issue)
  act(one, issue, id)
  act(two, issue, id)
  for (const each of running) await each.drain()
  expect(sent).toEqual([])
  bringOver(one, two)
  bringOver(two, one)
  shift = 60_000
  for (const each of running) {
    each.refresh()
    await each.drain()
  }
  expect(sent).toEqual(['one'])
  expect(details(one)).toEqual([])
  expect(details(two)).toEqual([expect.stringMatching(/Another copy of the workspace recorded the same/)])
})

it('a copy whose record stays the only one tells of it, once others had their time', async () => {
  const sent: string[] = []
  let shift = 0
  one.deliveryStore.ensure('sync', 0, true)
  const running = one.run([mailing(sent, 'one')], { now: () => Date.now() + shift })
  const issue = one.issue(0)
  act(one, issue, uuidv7())
  one.comment(issue, 'By a person')
  await running.drain()
  // What a person did on the same issue stays behind it.
  expect(sent).toEqual([])
  shift = 60_000
  running.refresh()
  await running.drain()
  expect(sent).toEqual(['one', 'one'])
})

it('a workspace that nobody shares waits for nobody', async () => {
  const sent: string[] = []
  const running = one.run([mailing(sent, 'one')])
  act(one, one.issue(0), uuidv7())
  await running.drain()
  expect(sent).toEqual(['one'])
})
