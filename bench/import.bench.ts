import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runJob } from '#app/jobs/run-job.ts'
import { initWorkspace } from '#app/workspace/init-workspace.ts'
import type { ImportFormat } from '#contract/import-formats.ts'
import { hashPayload } from '#db/log/rows/hash-chain.ts'
import { verifyLog } from '#db/log/verify.ts'
import { openDatabase } from '#db/sqlite/open-database.ts'
import { fillWorkspace, openBench, seeded, sentence, temporaryFolder } from './dataset.ts'
import { type BenchPart, inTurn, rate, row } from './measure.ts'

/** A Jira project of some size, as its REST API writes it, a line an issue. */
function jiraFile(file: string, issues: number): void {
  const random = seeded(5)
  const person = (n: number) => ({ name: `user${n}`, displayName: `User ${n}` })
  const lines = Array.from({ length: issues }, (_, n) =>
    JSON.stringify({
      id: String(n),
      key: `BEN-${n + 1}`,
      fields: {
        summary: sentence(random, 50),
        description: sentence(random, 500),
        created: new Date(Date.UTC(2020, 0, 1) + n * 3_600_000).toISOString(),
        updated: new Date(Date.UTC(2020, 0, 2) + n * 3_600_000).toISOString(),
        reporter: person(n % 30),
        assignee: person(n % 7),
        labels: [`area-${n % 9}`],
        status: { name: n % 2 ? 'Closed' : 'Open' },
        resolution: n % 2 ? { name: 'Fixed' } : null,
        resolutiondate: n % 2 ? new Date(Date.UTC(2020, 0, 2) + n * 3_600_000).toISOString() : null,
        priority: { name: 'Medium' },
        comment: {
          comments: Array.from({ length: 6 }, (_unused, k) => ({
            id: `${n}-${k}`,
            author: person((n + k) % 30),
            body: sentence(random, 300),
            created: new Date(Date.UTC(2020, 0, 1, k + 1) + n * 3_600_000).toISOString(),
          })),
        },
      },
    }),
  )
  writeFileSync(file, `${lines.join('\n')}\n`)
}

/** Issues of beads, a line each, and each with links to two before it. */
function beadsFile(file: string, issues: number): void {
  const random = seeded(6)
  const lines = Array.from({ length: issues }, (_, n) => {
    const at = new Date(Date.UTC(2025, 0, 1) + n * 600_000).toISOString()
    return JSON.stringify({
      id: `bd-${n}`,
      title: sentence(random, 50),
      description: sentence(random, 400),
      status: n % 3 ? 'closed' : 'open',
      priority: n % 5,
      issue_type: 'task',
      created_at: at,
      updated_at: at,
      ...(n % 3 ? { closed_at: at } : {}),
      labels: [`area-${n % 9}`],
      dependencies: [1, 2]
        .filter((back) => n >= back)
        .map((back) => ({
          issue_id: `bd-${n}`,
          depends_on_id: `bd-${n - back}`,
          type: back === 1 ? 'blocks' : 'related',
          created_at: at,
        })),
    })
  })
  writeFileSync(file, `${lines.join('\n')}\n`)
}

type Imported = { readonly events: number; readonly millis: number; readonly rss: number }

/** In a process of its own, so that its memory is its own. */
function importInChild(folder: string, file: string, format: ImportFormat): Promise<Imported> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./import-child.ts', import.meta.url)), folder, file, format],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  return new Promise((resolve, reject) =>
    child.on('exit', (code) =>
      code === 0 ? resolve(JSON.parse(said)) : reject(new Error(`import ended with ${code}`)),
    ),
  )
}

export async function run(): Promise<BenchPart> {
  const { folder, remove } = temporaryFolder()
  try {
    const [small, large] = [join(folder, 'small.ndjson'), join(folder, 'large.ndjson')]
    jiraFile(small, 1_500)
    jiraFile(large, 12_000)
    let round = 0
    let rows: Record<string, unknown>[] = []
    let events = 0
    async function imported(): Promise<number> {
      const target = join(folder, `import-${round++}`)
      const made = initWorkspace({ folder: target })
      if (!made.ok) throw new Error(made.error.message)
      const one = await importInChild(target, small, 'jira')
      events = one.events
      if (rows.length === 0) {
        const workspace = openBench(target)
        rows = workspace.database.client.prepare('SELECT * FROM events').all() as Record<string, unknown>[]
        workspace.close()
      }
      return one.millis / one.events
    }
    function raw100(): number {
      const opened = openDatabase(join(folder, `raw-${round}.db`), { durability: 'NORMAL' })
      if (!opened.ok) throw new Error(opened.error.message)
      const { client } = opened.value
      const columns = Object.keys(rows[0] ?? {})
      const insert = client.prepare(
        `INSERT INTO events (${columns.join(',')}) VALUES (${columns.map((name) => `@${name}`).join(',')})`,
      )
      const hundred = client.transaction((batch: typeof rows) => {
        for (const one of batch) insert.run(one)
      })
      const start = performance.now()
      for (let at = 0; at < rows.length; at += 100) hundred(rows.slice(at, at + 100))
      const took = performance.now() - start
      client.close()
      return took / rows.length
    }
    const speed = await inTurn({ imported, raw100 })
    const beads = join(folder, 'beads.jsonl')
    beadsFile(beads, 17_000)
    const bigOf = async (name: string, file: string, format: ImportFormat): Promise<Imported> => {
      const target = join(folder, name)
      initWorkspace({ folder: target })
      return importInChild(target, file, format)
    }
    const big = {
      jira: await bigOf('import-jira', large, 'jira'),
      beads: await bigOf('import-beads', beads, 'beads'),
    }
    const exported = join(folder, 'exported.jsonl')
    const wrote = await runJob(
      join(folder, 'import-jira'),
      { kind: 'export', format: 'jsonl', file: exported },
      {},
    )
    if (!wrote.ok) throw new Error(wrote.error.message)
    const memory = Object.entries({ ...big, docket: await bigOf('import-docket', exported, 'docket') })

    fillWorkspace(join(folder, 'verify'), 2_500, 20)
    const workspace = openBench(join(folder, 'verify'))
    const payloads = workspace.database.client
      .prepare(`SELECT data, coalesce(metadata, '') AS metadata FROM events`)
      .all() as { data: string; metadata: string }[]
    const header = 'x'.repeat(560)
    const checked = await inTurn({
      verify() {
        const start = performance.now()
        const report = verifyLog(workspace.database)
        if (report.problems.length > 0) throw new Error(report.problems[0]?.reason)
        return performance.now() - start
      },
      hash() {
        const start = performance.now()
        for (const { data, metadata } of payloads) {
          hashPayload(data, metadata)
          hashPayload(header, '')
        }
        return performance.now() - start
      },
    })
    workspace.close()
    return {
      rows: [
        row(
          'import of a real history',
          'file to searchable issues, events/s against raw100',
          speed.raw100 / speed.imported,
          '>=',
          0.3,
          `import ${rate(1_000 / speed.imported)} of ${events} events, raw100 ${rate(1_000 / speed.raw100)}`,
        ),
        ...memory.map(([format, { rss, events: count, millis }]) =>
          row(
            'import of a real history',
            `resident memory, MB, ${format}`,
            rss / 1e6,
            '<=',
            300,
            `${count.toLocaleString('en-US')} events in ${(millis / 1_000).toFixed(1)} s`,
          ),
        ),
        row(
          'verify (history)',
          'against hashing the same bytes',
          checked.hash / checked.verify,
          '>=',
          0.8,
          `verify ${checked.verify.toFixed(0)} ms, hashing alone ${checked.hash.toFixed(0)} ms, ${payloads.length.toLocaleString('en-US')} events`,
        ),
      ],
    }
  } finally {
    remove()
  }
}
