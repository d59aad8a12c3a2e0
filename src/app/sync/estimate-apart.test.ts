import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { conflictHandlers } from '../calls/conflict-handlers.ts'
import { modelServer } from './testing/model-server.ts'
import { newReplica, type Replica } from './testing/replica.ts'

let server: ReturnType<typeof modelServer>
let copies: [ada: Replica, ben: Replica]
beforeEach(() => {
  let now = Date.parse('2026-03-02T09:00:00Z')
  const clock = () => {
    now += 60_000
    return now
  }
  server = modelServer(clock)
  const historyId = uuidv7()
  copies = [newReplica('Ada', uuidv7(), historyId, clock), newReplica('Ben', uuidv7(), historyId, clock)]
})
afterEach(() => {
  for (const copy of copies) copy.close()
})

async function meet(): Promise<void> {
  for (const copy of [...copies, ...copies]) expect(await copy.sync(server)).toMatchObject({ ok: true })
}
const execute = (copy: Replica, wish: Record<string, unknown>) =>
  expect(copy.execute(wish), JSON.stringify(wish)).toMatchObject({ ok: true })

it('two estimates made apart are one conflict on both copies, which can be flipped', async () => {
  const [ada, ben] = copies
  const issueId = uuidv7()
  execute(ada, { type: 'create', issueId, title: 'Apart' })
  await meet()
  execute(ada, { type: 'change_estimate', issueId, estimate: 3 })
  execute(ben, { type: 'change_estimate', issueId, estimate: 8 })
  await meet()
  const listed = async (copy: Replica) => {
    const page = await conflictHandlers(copy.workspace)['conflicts.list']({ show: 'open', limit: 10 })
    return page.ok ? page.value.conflicts : []
  }
  for (const copy of copies) {
    const [found, ...others] = await listed(copy)
    expect(others).toEqual([])
    expect(found).toMatchObject({ field: 'estimate', lost: { value: '3' }, won: { value: '8' } })
    expect(copy.workspace.log.issue(issueId)).toMatchObject({ estimate: 8 })
  }
  const [found] = await listed(ben)
  execute(ben, { type: 'flip_conflict', issueId, conflictId: found?.id })
  await meet()
  for (const copy of copies) {
    expect(await listed(copy)).toEqual([])
    expect(copy.workspace.log.issue(issueId)).toMatchObject({ estimate: 3 })
    copy.check()
  }
  expect(ben.digest()).toBe(ada.digest())
})

it('the unit follows the last to choose, on every copy', async () => {
  const [ada, ben] = copies
  execute(ada, { type: 'choose_unit', field: 'estimate', unit: 'hours' })
  await meet()
  for (const copy of copies) expect(copy.workspace.name().units).toEqual({ estimate: 'hours' })
  execute(ben, { type: 'choose_unit', field: 'estimate', unit: 'points' })
  await meet()
  for (const copy of copies) {
    expect(copy.workspace.name().units).toEqual({ estimate: 'points' })
    copy.check()
  }
  expect(ben.digest()).toBe(ada.digest())
})
