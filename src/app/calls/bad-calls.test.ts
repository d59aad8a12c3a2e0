import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { verifyLog } from '#db/log/verify.ts'
import type { AppService } from '../app-service.ts'
import { newId } from '../commands/new-id.ts'
import { openAppService } from '../open-app-service.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'

let folder: string
let remove: () => void
beforeEach(() => {
  ;({ folder, remove } = temporaryFolder())
  makeWorkspace(folder)
})
afterEach(() => remove())

async function openApp(): Promise<AppService> {
  const opened = await openAppService({
    folder,
    host: 'web',
    jobThread: new URL('../jobs/job-thread.ts', import.meta.url),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value
}

/** That the log has this many events, its chain holds, and nothing waits half-written. */
function expectEvents(count: number): void {
  const workspace = openedWorkspace(folder)
  expect(workspace.log.position()).toBe(count)
  expect(verifyLog(workspace.database).problems).toEqual([])
  workspace.close()
}

describe('a call from outside', () => {
  it.each([
    ['a name that is none', 'issues.explode', {}, 'invalid_input'],
    ['a name from the prototype', 'constructor', {}, 'invalid_input'],
    ['a name that is no text', { toString: 'app.info' }, {}, 'invalid_input'],
    ['no input', 'issues.get', undefined, 'invalid_input'],
    ['an unknown field', 'app.info', { extra: 1 }, 'invalid_input'],
    ['a limit out of range', 'issues.list', { query: '', limit: 1e9 }, 'invalid_input'],
    ['a query out of measure', 'issues.list', { query: 'x'.repeat(3_000) }, 'invalid_input'],
    ['a query of a thousand terms', 'issues.list', { query: 'a '.repeat(1_000) }, 'invalid_query'],
    ['a forged cursor', 'issues.list', { query: '', cursor: 'e30' }, 'invalid_cursor'],
    [
      'a forged feed cursor',
      'feed.page',
      { scope: { kind: 'workspace' }, before: "1' OR 1=1" },
      'invalid_cursor',
    ],
    ['a command of no known type', 'commands.execute', { command: { type: 'explode' } }, 'invalid_command'],
    [
      'an id that is SQL',
      'commands.execute',
      { command: { type: 'archive', issueId: "'; DROP TABLE events; --" } },
      'invalid_command',
    ],
    [
      'an unknown issue',
      'commands.execute',
      { command: { type: 'archive', issueId: newId() } },
      'unknown_issue',
    ],
    [
      'a body over the limit',
      'commands.execute',
      { command: { type: 'create', issueId: newId(), title: 'x', description: 'x'.repeat(1_048_577) } },
      'body_too_large',
    ],
    [
      'control characters',
      'commands.execute',
      { command: { type: 'create', issueId: newId(), title: 'a\u0000b' } },
      'invalid_command',
    ],
    [
      'half a character',
      'commands.execute',
      { command: { type: 'create', issueId: newId(), title: 'a\ud800' } },
      'invalid_command',
    ],
    [
      'ten thousand labels',
      'commands.execute',
      { command: { type: 'create', issueId: newId(), title: 'x', labels: Array(10_000).fill(newId()) } },
      'invalid_command',
    ],
    ['an unknown job', 'jobs.cancel', { id: 'none' }, 'unknown_job'],
  ])('with %s is refused with a sentence and a code, and the app goes on', async (_, name, input, code) => {
    const app = await openApp()
    const answer = await app.callUnchecked(name, input)
    expect(answer).toMatchObject({
      ok: false,
      error: { code, message: expect.stringMatching(/^.{10,300}$/s) },
    })
    expect(await app.call('app.info', {})).toMatchObject({ ok: true })
    await app.close()
    expectEvents(0)
  })

  it('of any shape is answered, never thrown at, and writes nothing', async () => {
    const app = await openApp()
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          'commands.execute',
          'issues.list',
          'issues.get',
          'feed.page',
          'history.strip',
          'search.issues',
          'jobs.cancel',
        ),
        fc.anything({ withNullPrototype: true, maxDepth: 3 }),
        async (name, input) => {
          expect(typeof (await app.callUnchecked(name, input)).ok).toBe('boolean')
        },
      ),
      { numRuns: 300 },
    )
    await app.close()
    expectEvents(0)
  })

  it('finds words however they are written, and no operator of the search engine among them', async () => {
    const app = await openApp()
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 60 }),
          fc.constantFrom(
            '"',
            '""',
            'a" OR "b',
            'NEAR(a b)',
            '*',
            '-',
            'title:x',
            '^a',
            '(',
            'a AND',
            "'; --",
          ),
        ),
        async (text) => {
          expect((await app.call('search.issues', { text })).ok).toBe(true)
          expect(typeof (await app.call('issues.list', { query: text })).ok).toBe('boolean')
        },
      ),
      { numRuns: 200 },
    )
    await app.close()
  })
})
