import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { startServer } from '#server/start-server.ts'
import { docket } from '../testing/run-docket.ts'

let folder: string
let remove: () => void
const at = (workspace: string, ...args: readonly string[]) =>
  docket([...args, '--workspace', join(folder, workspace)])
async function addresses(workspace: string): Promise<Record<string, string | null>> {
  const { members } = JSON.parse((await at(workspace, 'email', '--json')).stdout)
  return Object.fromEntries(
    members.map((one: { name: string; email: string | null }) => [one.name, one.email]),
  )
}
beforeAll(() => {
  ;({ folder, remove } = temporaryFolder())
})
afterAll(() => remove())

it('an address is said at init, changed, taken away, and said of somebody else', async () => {
  expect(await at('one', 'init', '--member', 'Ada', '--email', 'ada@example.org')).toMatchObject({ code: 0 })
  expect(await addresses('one')).toEqual({ Ada: 'ada@example.org' })
  expect(await at('one', 'email', 'Ada@Exämple.org')).toMatchObject({
    code: 0,
    stdout: 'Ada gets mail at Ada@Exämple.org.\n',
  })
  expect((await at('one', 'email')).stdout).toMatch(/Ada +@ada +Ada@Exämple\.org/)
  expect(await at('one', 'email', 'none')).toMatchObject({ code: 0, stdout: 'Ada gets no mail.\n' })
  expect(await addresses('one')).toEqual({ Ada: null })
  expect(await at('one', 'email', 'ada@example.org', '--of', '@ada')).toMatchObject({ code: 0 })
  expect(await addresses('one')).toEqual({ Ada: 'ada@example.org' })
})

it('what is no address is refused before anything is done', async () => {
  const refused = {
    code: 2,
    stderr: expect.stringContaining(
      '"ada@" is not an address that mail can be sent to, like ada@example.org.',
    ),
  }
  expect(await at('two', 'init', '--member', 'Ada', '--email', 'ada@')).toMatchObject(refused)
  // Nothing was made.
  expect(await at('two', 'email')).not.toMatchObject({ code: 0 })
  expect(await at('one', 'email', 'ada@')).toMatchObject(refused)
  expect(
    await at('one', 'sync', 'join', 'https://127.0.0.1:1', '--invite', 'abcdefgh12', '--email', 'ada@'),
  ).toMatchObject(refused)
  expect(await at('one', 'email', 'b@example.org', '--of', 'nobody')).not.toMatchObject({ code: 0 })
  expect(await addresses('one')).toEqual({ Ada: 'ada@example.org' })
})

it('an address said at joining reaches the others', async () => {
  const server = await startServer({ data: join(folder, 'server') })
  onTestFinished(() => server.close())
  const { text } = await server.admin.createWorkspace('Team')
  expect(await at('one', 'sync', 'join', server.url, '--invite', text)).toMatchObject({ code: 0 })
  const made = JSON.parse((await at('one', 'team', 'invite', '--json')).stdout)
  expect(await at('ben', 'init', '--member', 'Ben')).toMatchObject({ code: 0 })
  expect(
    await at('ben', 'sync', 'join', server.url, '--invite', made.text, '--email', 'ben@example.org'),
  ).toMatchObject({ code: 0 })
  expect(await at('one', 'sync', 'now')).toMatchObject({ code: 0 })
  expect(await addresses('one')).toEqual({ Ada: 'ada@example.org', Ben: 'ben@example.org' })
})
