import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { modelServer } from './testing/model-server.ts'
import { newReplica, type Replica } from './testing/replica.ts'

const day = 86_400_000
let skew: number[]
let copies: Replica[]
const server = () => modelServer(Date.now)
beforeEach(() => {
  skew = [0, 0]
  const historyId = uuidv7()
  copies = skew.map((_, at) =>
    newReplica(`Member ${at}`, uuidv7(), historyId, () => Date.now() + (skew[at] ?? 0)),
  )
})
afterEach(() => {
  for (const copy of copies) copy.close()
})

async function meet(at: ReturnType<typeof modelServer>): Promise<void> {
  for (let round = 0; round < 3; round++)
    for (const copy of copies) expect(await copy.sync(at)).toMatchObject({ ok: true })
}
const title = (copy: Replica, issueId: string) => copy.workspace.log.issue(issueId).title
const clockOf = (copy: Replica): number => {
  const hlc = copy.workspace.database.client
    .prepare('SELECT last_hlc FROM chains WHERE own = 1')
    .pluck()
    .get()
  return Number(hlc) / 1_024
}

it('who answers a clock that is two days ahead is heard, and keeps a clock that is right', async () => {
  const [fast, right] = copies as [Replica, Replica]
  const at = server()
  skew[0] = 2 * day
  const issueId = uuidv7()
  fast.execute({ type: 'create', issueId, title: 'From the future' })
  await meet(at)
  right.execute({ type: 'change_title', issueId, title: 'Answered today' })
  await meet(at)
  for (const copy of copies) expect(title(copy, issueId)).toBe('Answered today')
  expect(clockOf(right)).toBeLessThan(Date.now() + day)
  const other = uuidv7()
  right.execute({ type: 'create', issueId: other, title: 'Elsewhere' })
  const hlc = right.workspace.database.client
    .prepare('SELECT hlc FROM events ORDER BY position DESC LIMIT 1')
    .pluck()
    .get()
  expect(Number(hlc) / 1_024).toBeLessThan(Date.now() + day)
})

it('a clock that is set back a year loses nothing and overtakes nobody', async () => {
  const [first, second] = copies as [Replica, Replica]
  const at = server()
  const issueId = uuidv7()
  first.execute({ type: 'create', issueId, title: 'One' })
  await meet(at)
  skew[0] = -365 * day
  first.restart()
  first.execute({ type: 'change_title', issueId, title: 'Two, a year ago' })
  await meet(at)
  for (const copy of copies) expect(title(copy, issueId)).toBe('Two, a year ago')
  second.execute({ type: 'change_title', issueId, title: 'Three' })
  await meet(at)
  for (const copy of copies) expect(title(copy, issueId)).toBe('Three')
  expect(first.digest()).toBe(second.digest())
})
