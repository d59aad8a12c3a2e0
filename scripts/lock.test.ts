import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder: string
let name: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-lock-'))
  name = `test-${process.pid}-${Math.random().toString(36).slice(2)}`
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A process that does `work` while it is alone. */
function inProcess(work: string) {
  const script = `
    import { appendFileSync } from 'node:fs'
    import { setTimeout as pause } from 'node:timers/promises'
    import { alone } from ${JSON.stringify(new URL('./lock.mjs', import.meta.url).href)}
    const say = (word) => appendFileSync(${JSON.stringify(join(folder, 'said'))}, word + ' ')
    await alone(${JSON.stringify(name)}, async () => { ${work} })
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return { child, ended: new Promise<void>((resolve) => child.on('exit', () => resolve())) }
}

const said = () => readFileSync(join(folder, 'said'), 'utf8').trim().split(' ')

test('of several processes that start together, each does its work alone', async () => {
  const work = `say('in'); await pause(30); say('out')`
  await Promise.all(Array.from({ length: 5 }, () => inProcess(work).ended))
  expect(said()).toEqual(Array.from({ length: 5 }, () => ['in', 'out']).flat())
})

test('the lock of a killed process is taken over', async () => {
  const first = inProcess(`say('in'); process.kill(process.pid, 'SIGKILL'); await pause(10_000)`)
  await first.ended
  await inProcess(`say('after')`).ended
  expect(said()).toEqual(['in', 'after'])
})
