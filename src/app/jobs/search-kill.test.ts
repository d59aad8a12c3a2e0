import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AppService } from '../app-service.ts'
import { issueQueries } from '../calls/issue-queries.ts'
import { newId } from '../commands/new-id.ts'
import { openAppService } from '../open-app-service.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'

const kills = 3
/** Each kill is a process of its own: on a busy machine that takes its time, in milliseconds. */
const patience = 240_000
const seed = Number(process.env.DOCKET_TEST_SEED ?? Date.now() % 1_000_000)

let folder: string
let remove: () => void
beforeEach(() => {
  ;({ folder, remove } = temporaryFolder())
  makeWorkspace(folder)
})
let child: ChildProcess | undefined
afterEach(() => {
  child?.kill('SIGKILL')
  remove()
})

/** The n-th number of a repeatable row, 0 to 1. */
function random(n: number): number {
  const x = Math.sin(seed + n * 12.9898) * 43_758.5453
  return x - Math.floor(x)
}

async function served(): Promise<AppService> {
  const opened = await openAppService({
    folder,
    host: 'web',
    jobThread: new URL('./job-thread.ts', import.meta.url),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value
}

/** Runs a service that writes until it has said so many words, and kills it (-9) at once. @returns the words that it said. */
async function wordsUntilKilled(prefix: string, words: number): Promise<string[]> {
  const entry = fileURLToPath(new URL('../testing/service-child.ts', import.meta.url))
  const writer = spawn(process.execPath, [entry, folder, prefix], { stdio: ['ignore', 'pipe', 'inherit'] })
  child = writer
  let said = ''
  writer.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (said.split('\n').length > words) writer.kill('SIGKILL')
  })
  await new Promise((resolve) => writer.on('close', resolve))
  return said.slice(0, said.lastIndexOf('\n')).split('\n')
}

/** What search finds by what was worked off so far: asking the service would work the rest off first. */
function looker() {
  const workspace = openedWorkspace(folder)
  const { search } = issueQueries(workspace)
  return {
    finds: (word: string) => search(word, 5).hits.length > 0,
    behind: () => workspace.log.position() - workspace.projections.checkpoint(),
    close: () => workspace.close(),
  }
}

it(`killed ${kills} times between a commit and what follows it (seed ${seed}), a service that opens again finds every acknowledged word`, {
  timeout: patience,
}, async () => {
  const words: string[] = []
  let waited = 0
  for (let kill = 0; kill < kills; kill++) {
    words.push(...(await wordsUntilKilled(`w${kill}x`, 3 + Math.floor(random(kill) * 20))))
    const look = looker()
    waited += look.behind()
    const app = await served()
    await vi.waitFor(() => expect(look.behind()).toBe(0), { timeout: 30_000 })
    expect(words.filter((word) => !look.finds(word))).toEqual([])
    await app.close()
    look.close()
  }
  // Else no kill hit the moment that this is about.
  expect(waited).toBeGreaterThan(0)
})

it('a word is found after its commit in a running service, whether or not anybody asks the service', async () => {
  const app = await served()
  const look = looker()
  const executed = await app.call('commands.execute', {
    command: { type: 'create', issueId: newId(), title: 'Kaleidoscope' },
  })
  expect(executed.ok).toBe(true)
  await vi.waitFor(() => expect(look.finds('kaleidoscope')).toBe(true), { timeout: 30_000 })
  look.close()
  await app.close()
})
