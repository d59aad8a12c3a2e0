import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeWorkspace, temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { logFile } from '#app/workspace/init-workspace.ts'
import { docket } from '../testing/run-docket.ts'

let folder: string
let remove: () => void
let child: ChildProcess | undefined
beforeEach(() => {
  ;({ folder, remove } = temporaryFolder())
})
afterEach(() => {
  child?.kill('SIGKILL')
  remove()
})

it('docket serve makes no workspace in passing', async () => {
  const ran = await docket(['serve', '--no-open', '--workspace', folder])
  expect(ran).toMatchObject({ code: 1, stdout: '' })
  expect(ran.stderr).toMatch(/^docket: [^\n]+ \[not_a_workspace\]\n$/)
  expect(existsSync(logFile(folder))).toBe(false)
})

it('docket serve prints its address, answers there, and ends when it is told to', async ({ skip }) => {
  const built = fileURLToPath(new URL('../../../out/renderer/index.html', import.meta.url))
  if (!existsSync(built)) skip('the window is not built (npm run build)')
  makeWorkspace(folder)
  const entry = fileURLToPath(new URL('../main.ts', import.meta.url))
  const host = spawn(process.execPath, [entry, 'serve', '--port=0', '--no-open', '--workspace', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child = host
  const ended = new Promise((resolve) => host.on('close', resolve))
  const url = await new Promise<string>((resolve) => {
    let said = ''
    host.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('\n')) resolve(said.trim())
    })
  })
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//)
  // The address lets one browser in, which is then sent on.
  expect((await fetch(url, { redirect: 'manual' })).status).toBe(303)
  host.kill('SIGTERM')
  expect(await ended).toBe(0)
})
