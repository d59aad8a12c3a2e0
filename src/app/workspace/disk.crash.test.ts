import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { command } from '#core/commands.ts'
import { docket, type Ran } from '../../cli/testing/run-docket.ts'
import { newId } from '../commands/new-id.ts'
import { runJob } from '../jobs/run-job.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'
import { logFile } from './init-workspace.ts'

// Many processes, one after another: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 240_000 })

let folder: string
let remove: () => void
beforeEach(() => {
  ;({ folder, remove } = temporaryFolder())
})
afterEach(() => remove())

function expectRefused(ran: Ran, code: string): void {
  expect(ran).toMatchObject({ code: 1, stdout: '' })
  expect(ran.stderr).toMatch(new RegExp(`^docket: [^\\n]+ \\[${code}\\]\\n$`))
}

/** A file of Jira issues, of some 4 kB each in the log. */
function jiraFile(issues: number): string {
  const file = join(folder, 'jira.ndjson')
  const lines = Array.from({ length: issues }, (_, n) =>
    JSON.stringify({
      id: String(n),
      key: `FULL-${n + 1}`,
      fields: {
        summary: `Issue ${n}`,
        description: `needle-${n}-${'z'.repeat(3_000)}`,
        created: new Date(Date.UTC(2024, 0, 1) + n * 60_000).toISOString(),
        status: { name: 'Open' },
      },
    }),
  )
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

describe('on a full disk', () => {
  let disk: string
  let mounted = false
  beforeEach(({ skip }) => {
    disk = join(folder, 'disk')
    mkdirSync(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { stdio: 'ignore' })
      mounted = true
    } catch {
      skip('a small file system can not be mounted here (it takes root)')
    }
  })
  afterEach(() => {
    if (mounted) execFileSync('umount', [disk])
    mounted = false
  })
  const moreRoom = (): void => {
    execFileSync('mount', ['-o', 'remount,size=60m', disk])
  }
  const here = (...args: string[]) => docket([...args, '--workspace', join(disk, 'ws')])

  it('an import says that it stopped and what stays, reading goes on, and with room the import completes', async () => {
    const file = jiraFile(2_000)
    await here('init')
    const ran = await here('import', file, '--format', 'jira')
    expectRefused(ran, 'disk_full')
    expect(ran.stderr).toContain('What was imported so far stays')
    expect((await here('verify')).stdout).toMatch(/^\d+ events, chain intact\n/)
    const { total } = JSON.parse((await here('list', '--json')).stdout)
    expect(total).toBeGreaterThan(0)
    // What the import wrote and could not commit has left room in the write-ahead log: for how much is a matter of the schema's size.
    let fitted = 0
    let more = await here('new', 'No room', '-d', 'x'.repeat(100_000))
    for (; more.code === 0; fitted++) more = await here('new', 'No room', '-d', 'x'.repeat(100_000))
    expectRefused(more, 'disk_full')
    expect(JSON.parse((await here('list', '--json')).stdout).total).toBe(total + fitted)
    moreRoom()
    const rest = await here('import', file, '--format', 'jira', '--json')
    expect(JSON.parse(rest.stdout)).toMatchObject({ issues: 2_000 - total, problemCount: 0 })
    expect(await here('verify')).toMatchObject({ code: 0 })
  })

  it('no workspace is half made', async () => {
    writeFileSync(join(disk, 'fill'), '')
    try {
      for (;;) writeFileSync(join(disk, 'fill'), Buffer.alloc(16_384), { flag: 'a' })
    } catch {
      // Now it is full.
    }
    expectRefused(await here('init'), 'disk_full')
    expect(existsSync(logFile(join(disk, 'ws')))).toBe(false)
    moreRoom()
    expect(await here('init')).toMatchObject({ code: 0 })
    expect(await here('new', 'First')).toMatchObject({ code: 0 })
  })
})

describe('a damaged file', () => {
  beforeEach(async () => {
    makeWorkspace(folder)
    const done = await runJob(folder, { kind: 'import', format: 'jira', file: jiraFile(200) }, {})
    if (!done.ok) throw new Error(done.error.message)
  })

  it('of which an event can not be read names that event, whoever meets it', async () => {
    const bytes = readFileSync(logFile(folder))
    // Inside the events table a payload is JSON; a quotation mark in the middle of a text ends it.
    const workspace = openedWorkspace(folder)
    const { position, id } = workspace.database.client
      .prepare(`SELECT position, lower(hex(id)) AS id FROM events WHERE data LIKE '%needle-77-%'`)
      .get() as { position: number; id: string }
    workspace.close()
    for (let at = bytes.indexOf('needle-77-'); at > 0; at = bytes.indexOf('needle-77-', at + 1))
      bytes[at + 2] = 0x22
    writeFileSync(logFile(folder), bytes)
    for (const args of [['verify'], ['rebuild'], ['feed', '--before', String(position + 1), '-n', '1']]) {
      const ran = await docket([...args, '--workspace', folder])
      expectRefused(ran, 'corrupt')
      expect(ran.stderr.replaceAll('-', '')).toContain(`event ${id} at position ${position}`)
    }
    const after = await docket(['list', '--json', '--workspace', folder])
    expect(JSON.parse(after.stdout).total).toBe(200)
  })

  it('of which only what is derived is broken says that the chain is intact, and how to go on', async () => {
    const workspace = openedWorkspace(folder)
    const root = workspace.database.client
      .prepare(`SELECT rootpage FROM sqlite_master WHERE name = 'issues'`)
      .pluck()
      .get() as number
    workspace.close()
    const bytes = readFileSync(logFile(folder))
    bytes.fill(0, (root - 1) * 4_096, root * 4_096)
    writeFileSync(logFile(folder), bytes)
    const ran = await docket(['verify', '--workspace', folder])
    expectRefused(ran, 'corrupt')
    expect(ran.stderr).toMatch(/chain of 201 events is intact\. The file is damaged/)
    const exported = join(folder, 'rescued.jsonl')
    expect(
      await docket(['export', '--format', 'jsonl', '-o', exported, '--workspace', folder]),
    ).toMatchObject({
      code: 0,
    })
    const fresh = join(folder, 'fresh')
    await docket(['init', '--workspace', fresh])
    await docket(['import', exported, '--format', 'docket', '--workspace', fresh])
    expect((await docket(['verify', '--workspace', fresh])).stdout).toContain('chain intact')
    expect(JSON.parse((await docket(['list', '--json', '--workspace', fresh])).stdout).total).toBe(200)
  })

  it('of which search can not even be opened is refused by whoever opens it', async () => {
    const raw = new Database(logFile(folder))
    raw.unsafeMode(true)
    raw.exec('DROP TABLE search_config')
    raw.close()
    for (const kind of ['verify', 'rebuild'] as const)
      expect(await runJob(folder, { kind }, {})).toMatchObject({ ok: false, error: { code: 'corrupt' } })
    expectRefused(await docket(['list', '--workspace', folder]), 'corrupt')
  })

  it('is answered by every job and never thrown at, wherever the damage is', async () => {
    const seed = Number(process.env.DOCKET_TEST_SEED ?? Date.now() % 1_000_000)
    const random = (n: number): number => {
      const x = Math.sin(seed + n * 12.9898) * 43_758.5453
      return x - Math.floor(x)
    }
    const whole = readFileSync(logFile(folder))
    for (let n = 0; n < 12; n++) {
      const bytes = Buffer.from(whole)
      const page = Math.floor(random(n) * (bytes.length / 4_096)) * 4_096
      if (n % 2 === 0) bytes.fill(n % 4 === 0 ? 0 : 0x55, page, page + 4_096)
      else
        for (let k = 0; k < 20; k++)
          bytes[page + Math.floor(random(n * 100 + k) * 4_096)] = Math.floor(random(-n - k) * 256)
      writeFileSync(logFile(folder), bytes)
      for (const kind of ['verify', 'rebuild'] as const) {
        const done = await runJob(folder, { kind }, {})
        if (!done.ok)
          expect({ seed, n, kind, error: done.error, said: done.error.message }).toMatchObject({
            error: { code: 'corrupt' },
          })
      }
    }
  })
})

it('a command that does not fit on the disk leaves no part of itself', async () => {
  makeWorkspace(folder)
  const workspace = openedWorkspace(folder)
  const create = (title: string, description = '') =>
    workspace.commands.execute(command.parse({ type: 'create', issueId: newId(), title, description }))
  create('Fits')
  const before = workspace.log.position()
  const pages = Number(workspace.database.client.pragma('page_count', { simple: true }))
  workspace.database.client.pragma(`max_page_count = ${pages + 5}`)
  expect(() => create('Does not', 'x'.repeat(500_000))).toThrow(/full/)
  expect(workspace.log.position()).toBe(before)
  workspace.database.client.pragma('max_page_count = 1000000')
  expect(create('Fits again', 'x'.repeat(500_000))).toMatchObject({ ok: true })
  workspace.close()
  expect((await docket(['verify', '--workspace', folder])).stdout).toContain('chain intact')
})
