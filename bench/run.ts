import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { BenchPart, BenchRow } from './measure.ts'

const parts: Readonly<Record<string, () => Promise<{ run(): Promise<BenchPart> }>>> = {
  command: () => import('./command.bench.ts'),
  peer: () => import('./peer.bench.ts'),
  import: () => import('./import.bench.ts'),
  feed: () => import('./feed.bench.ts'),
  list: () => import('./issue-list.bench.ts'),
  host: () => import('./host.bench.ts'),
  inboxes: () => import('./inboxes.bench.ts'),
  sync: () => import('./sync.bench.ts'),
}

function line(row: BenchRow): string {
  const goal = `${row.target.sense} ${row.target.value}`
  return `${row.met ? 'met    ' : 'NOT met'}  ${row.ratio.toFixed(2).padStart(7)}  ${goal.padEnd(8)}  ${row.goal}: ${row.name}\n${' '.repeat(28)}${row.detail}`
}

const wanted = process.argv.slice(2).filter((name) => !name.startsWith('-'))
const unknown = wanted.find((name) => !(name in parts))
if (unknown) {
  process.stderr.write(`bench: there is no part "${unknown}"; there are ${Object.keys(parts).join(', ')}\n`)
  process.exit(2)
}
const rows: BenchRow[] = []
const notes: string[] = []
for (const [name, load] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  process.stderr.write(`measuring ${name} …\n`)
  const part = await (await load()).run()
  rows.push(...part.rows)
  notes.push(...(part.notes ?? []))
}
process.stdout.write(`\n          ratio  goal      what\n${rows.map(line).join('\n')}\n`)
for (const note of notes) process.stdout.write(`note: ${note}\n`)
process.stdout.write(`${rows.filter((row) => row.met).length} of ${rows.length} goals met\n`)
const results = fileURLToPath(new URL('./results/', import.meta.url))
mkdirSync(results, { recursive: true })
const at = new Date().toISOString()
const machine = { node: process.version, cpus: cpus().length, model: cpus()[0]?.model ?? '' }
writeFileSync(
  `${results}${at.replaceAll(':', '-')}.json`,
  `${JSON.stringify({ at, machine, rows, notes }, null, 2)}\n`,
)
