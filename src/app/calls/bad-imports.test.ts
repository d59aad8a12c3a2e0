import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { verifyLog } from '#db/log/verify.ts'
import { runJob } from '../jobs/run-job.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'
import { logFile } from '../workspace/init-workspace.ts'

let folder: string
let remove: () => void
beforeEach(() => {
  ;({ folder, remove } = temporaryFolder())
  makeWorkspace(folder)
})
afterEach(() => remove())

const isRoot = process.getuid?.() === 0

/** That the log has this many events, its chain holds, and nothing waits half-written. */
function expectEvents(count: number): void {
  const workspace = openedWorkspace(folder)
  expect(workspace.log.position()).toBe(count)
  expect(verifyLog(workspace.database).problems).toEqual([])
  workspace.close()
}

describe('an import', () => {
  it.each([
    ['a folder', () => folder],
    ['nothing', () => join(folder, 'missing.json')],
    ['a binary', () => logFile(folder)],
    ['an empty file', () => write('empty.json', '')],
  ])('of %s is refused, and nothing is written', async (_, file) => {
    const done = await runJob(folder, { kind: 'import', format: 'jira', file: file() }, {})
    expect(done).toMatchObject({
      ok: false,
      error: { code: expect.stringMatching(/^import_/), message: expect.stringMatching(/\.$/) },
    })
    expectEvents(0)
  })

  it.each([
    ['200,000 arrays inside each other', () => '['.repeat(200_000) + ']'.repeat(200_000)],
    ['200,000 objects inside each other', () => `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`],
    ['a line of 70 MiB', () => `{"key":"${'x'.repeat(70 * 2 ** 20)}"}`],
  ])('that holds %s names the line, and takes the rest', async (_, bomb) => {
    const good = (n: number) =>
      JSON.stringify({
        id: String(n),
        key: `A-${n}`,
        fields: { summary: `Good ${n}`, created: '2024-01-01T00:00:00.000+0000', status: { name: 'Open' } },
      })
    const file = write('bomb.ndjson', `${good(1)}\n${bomb()}\n${good(2)}\n`)
    const done = await runJob(folder, { kind: 'import', format: 'jira', file }, {})
    expect(done).toMatchObject({
      ok: true,
      value: { result: { issues: 2, problemCount: 1, problems: [{ line: 2, reason: expect.any(String) }] } },
    })
  })

  it('that may not be read is refused', async ({ skip }) => {
    if (isRoot) skip('root may read everything')
    const file = write('secret.json', '{}')
    chmodSync(file, 0)
    expect(await runJob(folder, { kind: 'import', format: 'jira', file }, {})).toMatchObject({
      ok: false,
      error: { code: 'import_unreadable' },
    })
  })

  function write(name: string, text: string): string {
    const file = join(folder, name)
    writeFileSync(file, text)
    return file
  }
})
