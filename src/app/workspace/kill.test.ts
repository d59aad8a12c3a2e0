import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { eventRegistry } from '#core/event-registry.ts'
import type { Position } from '#core/values/ids.ts'
import { verifyLog } from '#db/log/verify.ts'
import { rebuildProjections } from '#db/projections/rebuild.ts'
import { newId } from '../commands/new-id.ts'
import { runJob } from '../jobs/run-job.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'

const kills = 25
/** A kill takes a second or two of a machine that does other work besides, in milliseconds. */
const patience = 300_000
const seed = Number(process.env.DOCKET_TEST_SEED ?? Date.now() % 1_000_000)

let folder: string
let remove: () => void
beforeEach(() => {
  ;({ folder, remove } = temporaryFolder())
  makeWorkspace(folder)
})
afterEach(() => remove())

/** The n-th number of a repeatable row, 0 to 1. */
function random(n: number): number {
  const x = Math.sin(seed + n * 12.9898) * 43_758.5453
  return x - Math.floor(x)
}

function child(name: string, ...args: string[]): ChildProcess {
  return spawn(
    process.execPath,
    [fileURLToPath(new URL(`../testing/${name}.ts`, import.meta.url)), folder, ...args],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
}

/** Kills a child (-9) once it has said `lines` lines, a random moment later. @returns all that it said, whole lines only. */
async function killAfter(process: ChildProcess, lines: number, delay: number): Promise<string[]> {
  let said = ''
  let due = false
  const closed = new Promise<void>((resolve) => process.on('close', () => resolve()))
  process.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (due || said.split('\n').length - 1 < lines) return
    due = true
    // The moment is the point of this test: anywhere inside what the child does next.
    setTimeout(() => process.kill('SIGKILL'), delay)
  })
  await closed
  return said
    .slice(0, said.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
}

function everyEventId(): Set<string> {
  const workspace = openedWorkspace(folder)
  try {
    const report = verifyLog(workspace.database)
    expect(report.problems).toEqual([])
    const ids = new Set<string>()
    for (let after = 0 as Position; ; ) {
      const page = workspace.log.readAll(after, 500)
      const last = page.at(-1)
      if (!last) return ids
      for (const event of page) ids.add(event.id)
      after = last.position
    }
  } finally {
    workspace.close()
  }
}

function projectionsAreRight(): void {
  const workspace = openedWorkspace(folder)
  try {
    const report = rebuildProjections(workspace.database, { registry: eventRegistry(), newId })
    expect(report.repaired).toEqual([])
  } finally {
    workspace.close()
  }
}

it(
  `killed ${kills} times while it appends (seed ${seed}), the log is whole each time and holds every event that was acknowledged`,
  async () => {
    const acknowledged = new Set<string>()
    for (let kill = 0; kill < kills; kill++) {
      const said = await killAfter(
        child('append-child'),
        1 + Math.floor(random(kill) * 40),
        random(kill + 0.5) * 8,
      )
      for (const id of said) acknowledged.add(id)
      const there = everyEventId()
      expect([...acknowledged].filter((id) => !there.has(id))).toEqual([])
      if (kill % 8 === 0) projectionsAreRight()
    }
    expect(acknowledged.size).toBeGreaterThan(kills)
    projectionsAreRight()
  },
  patience,
)

/** Issues of four events each: created, labelled, and two comments. @returns the file that holds those from `first` to before `end`. */
function jiraFile(first: number, end: number): string {
  const file = join(folder, `jira-${first}.ndjson`)
  const person = { name: 'ada', displayName: 'Ada' }
  const at = (n: number, hour: number) => new Date(Date.UTC(2024, 0, 1, hour) + n * 60_000).toISOString()
  const lines = Array.from({ length: end - first }, (_, offset) => {
    const n = first + offset
    return JSON.stringify({
      id: String(n),
      key: `KILL-${n + 1}`,
      fields: {
        summary: `Issue ${n}`,
        created: at(n, 0),
        reporter: person,
        labels: ['crash'],
        status: { name: 'Open' },
        comment: {
          comments: [1, 2].map((k) => ({
            id: `${n}-${k}`,
            author: person,
            body: `Comment ${k} ${'z'.repeat(400)}`,
            created: at(n, k),
          })),
        },
      },
    })
  })
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

/** How many issues are there, all of them whole, in an intact log. */
function wholeIssues(): number {
  const workspace = openedWorkspace(folder)
  try {
    expect(verifyLog(workspace.database).problems).toEqual([])
    const sizes = workspace.database.client
      .prepare(
        `SELECT count(*) AS events, sum(type_id = (SELECT id FROM event_types WHERE name = 'commented')) AS comments
         FROM events JOIN streams ON streams.id = events.stream_id AND streams.type = 'issue' GROUP BY stream_id`,
      )
      .all() as { events: number; comments: number }[]
    expect(sizes.filter(({ events, comments }) => events !== 4 || comments !== 2)).toEqual([])
    expect(workspace.database.client.prepare(`SELECT count(*) FROM issues`).pluck().get()).toBe(sizes.length)
    return sizes.length
  } finally {
    workspace.close()
  }
}

it(
  `killed ${kills} times during an import (seed ${seed}), every issue is whole or not there, and importing on completes it without a double`,
  async () => {
    // Each run has new issues to write, so that every kill meets an import at work, however quick the machine is.
    const part = 500
    const files: string[] = []
    let interrupted = 0
    for (let kill = 0; kill < kills; kill++) {
      const file = jiraFile(kill * part, (kill + 1) * part)
      files.push(file)
      const said = await killAfter(child('import-child', file), 1, random(kill + 1_000) * 150)
      if (!said.includes('done')) interrupted += 1
      const there = wholeIssues()
      expect(there).toBeLessThanOrEqual((kill + 1) * part)
      if (kill % 8 === 0) projectionsAreRight()
    }
    expect(interrupted).toBeGreaterThan(0)
    for (const file of files) {
      const finished = await runJob(folder, { kind: 'import', format: 'jira', file }, {})
      expect(finished).toMatchObject({ ok: true, value: { result: { problemCount: 0 } } })
    }
    expect(wholeIssues()).toBe(kills * part)
    const again = await runJob(folder, { kind: 'import', format: 'jira', file: files[0] as string }, {})
    expect(again).toMatchObject({ ok: true, value: { result: { issues: 0, events: 0 } } })
    projectionsAreRight()
  },
  patience,
)
