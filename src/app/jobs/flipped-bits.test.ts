import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { command } from '#core/commands.ts'
import { newId } from '../commands/new-id.ts'
import { answersOf } from '../testing/answers.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'
import { logFile } from '../workspace/init-workspace.ts'
import { openWorkspace } from '../workspace/workspace.ts'
import { runVerify } from './run-verify.ts'

/** `DOCKET_TEST_LONG=1` for as many as the claim is made of; `DOCKET_TEST_SEED` repeats a run. */
const flips = process.env.DOCKET_TEST_LONG ? 10_000 : 200
const seed = Number(process.env.DOCKET_TEST_SEED ?? Date.now() % 2 ** 31)

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function numbers(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

let root: string
let remove: () => void
let whole: Buffer
let right: string
const now = Date.now()

beforeAll(() => {
  ;({ folder: root, remove } = temporaryFolder())
  const folder = join(root, 'whole')
  mkdirSync(folder)
  makeWorkspace(folder)
  const workspace = openedWorkspace(folder)
  const run = (wish: object) => {
    const executed = workspace.commands.execute(command.parse(wish))
    if (!executed.ok) throw new Error(executed.error.message)
  }
  const [bug, docs, website] = [newId(), newId(), newId()]
  run({ type: 'create_label', labelId: bug, name: 'bug' })
  run({ type: 'create_label', labelId: docs, name: 'docs' })
  run({ type: 'rename_label', labelId: docs, name: 'docs' })
  run({ type: 'create_project', projectId: website, name: 'Website' })
  run({ type: 'add_member', memberId: newId(), name: 'Grace Hopper' })
  run({ type: 'rename_workspace', name: 'Ours' })
  const ids = Array.from({ length: 8 }, () => newId())
  ids.forEach((issueId, n) => {
    run({
      type: 'create',
      issueId,
      title: `Crash number ${n} with a window title`,
      description: 'needle '.repeat(n * 20 + 1),
      priority: n % 2 ? 'high' : 'low',
      labels: n % 2 ? [bug] : [bug, docs],
      ...(n % 3 ? { dueDate: '2026-12-24', projectId: website } : {}),
    })
    for (let count = 0; count < (n === 0 ? 60 : 3); count++)
      run({ type: 'comment', issueId, commentId: newId(), body: `hello ${count} zebra` })
    if (n % 2) run({ type: 'transition', issueId, transition: 'close' })
    if (n > 0) run({ type: 'link', issueId, kind: 'relates_to', target: ids[0] })
    run({ type: 'change_title', issueId, title: `Crash number ${n}, renamed` })
  })
  while (workspace.projections.step(500));
  right = answersOf(workspace, now)
  expect(runVerify(workspace, {})).toMatchObject({ problems: [], findings: [] })
  workspace.database.client.pragma('wal_checkpoint(TRUNCATE)')
  workspace.close()
  whole = readFileSync(logFile(folder))
})
afterAll(() => remove())

/** What a copy of the workspace with these bytes comes to: the same answers, or that something is wrong, and who says so. */
function outcome(bytes: Buffer): 'same' | 'found' | 'unseen' {
  const folder = join(root, 'flipped')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  writeFileSync(logFile(folder), bytes)
  try {
    const opened = openWorkspace(folder, { durability: 'NORMAL' })
    if (!opened.ok) return 'found'
    try {
      let answers: string | undefined
      try {
        while (opened.value.projections.step(500));
        answers = answersOf(opened.value, now)
      } catch {
        // An answer that fails is no wrong answer.
      }
      if (answers === right) return 'same'
      const { problems, findings } = runVerify(opened.value, {})
      return problems.length > 0 || findings.length > 0 ? 'found' : answers === undefined ? 'found' : 'unseen'
    } finally {
      opened.value.close()
    }
  } catch {
    return 'found'
  }
}

it(`of ${flips} flipped bits each that changes an answer is found`, { timeout: 10_800_000 }, () => {
  const random = numbers(seed)
  const unseen: { page: number; byte: number; bit: number }[] = []
  const counted = { same: 0, found: 0, unseen: 0 }
  for (let count = 0; count < flips; count++) {
    const byte = Math.floor(random() * whole.length)
    const bit = Math.floor(random() * 8)
    const bytes = Buffer.from(whole)
    bytes[byte] = (bytes[byte] as number) ^ (1 << bit)
    const found = outcome(bytes)
    counted[found] += 1
    if (found === 'unseen') unseen.push({ page: Math.floor(byte / 4_096) + 1, byte, bit })
  }
  console.log(`${flips} bits of ${whole.length} bytes, seed ${seed}:`, counted)
  expect(unseen, `seed ${seed}`).toEqual([])
})
