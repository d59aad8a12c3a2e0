import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'

const names = ['Ada', 'Grace', 'Radia']
const rounds = 4

let folder: string
let remove: () => void
let children: ChildProcess[] = []
beforeEach(() => {
  ;({ folder, remove } = temporaryFolder())
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children = []
  remove()
})

function racer(name: string): { tell(line: string): void; nextLine(): Promise<unknown> } {
  const entry = fileURLToPath(new URL('../testing/racing-child.ts', import.meta.url))
  const child = spawn(process.execPath, [entry, name], { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  const lines: Interface = createInterface({ input: child.stdout })
  const said = lines[Symbol.asyncIterator]()
  return {
    tell: (line) => void child.stdin.write(`${line}\n`),
    nextLine: async () => JSON.parse((await said.next()).value ?? '"it ended"'),
  }
}

it('of several processes that make a workspace in one folder at once, one does, and the others hear of it', async () => {
  const racers = names.map(racer)
  expect(await Promise.all(racers.map((one) => one.nextLine()))).toEqual(names.map(() => 'ready'))
  for (let round = 0; round < rounds; round++) {
    const target = join(folder, String(round))
    for (const one of racers) one.tell(target)
    const outcomes = await Promise.all(racers.map((one) => one.nextLine()))
    expect([...outcomes].sort()).toEqual(['made', ...names.slice(1).map(() => 'workspace_exists')])
    const workspace = openedWorkspace(target)
    expect(workspace.me.memberName).toBe(names[outcomes.indexOf('made')])
    workspace.close()
  }
})
