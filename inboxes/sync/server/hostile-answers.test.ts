import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, expect, it } from 'vitest'

const script = (name: string): string => fileURLToPath(new URL(`../testing/${name}.ts`, import.meta.url))
const running: ChildProcess[] = []
afterEach(() => {
  for (const each of running.splice(0)) each.kill('SIGKILL')
})

/** A hostile server in its own process. @returns where it answers. */
async function hostile(how: string): Promise<string> {
  const child = spawn(process.execPath, [script('hostile-server'), how], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.push(child)
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  return `http://127.0.0.1:${said.toString().trim()}`
}

/** What becomes of a client, in a process with little memory, of everything that it reads from that server. */
async function survived(url: string, ...route: readonly string[]): Promise<Record<string, string>> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--max-old-space-size=160',
    script('client-in-a-small-heap'),
    url,
    ...route,
  ])
  return JSON.parse(stdout)
}

it.each(['endless plain', 'endless gzip', 'a gzip bomb', 'huge arrays', 'deep arrays', 'an endless refusal'])(
  'of a server that answers everything with %s nothing is believed, and the process lives in a small heap',
  async (how) => {
    const came = await survived(await hostile(how))
    expect(Object.keys(came)).toHaveLength(9)
    for (const [route, code] of Object.entries(came))
      if (route !== 'nudges') expect(code, route).toMatch(/^(answer_too_large|http_409)$/)
  },
  120_000,
)

it('an answer that comes a byte at a time costs no more than its bytes', async () => {
  const { pull } = await survived(await hostile('a byte at a time'), 'pull')
  expect(pull).toMatch(/^(answer_too_large|timeout)$/)
}, 60_000)
