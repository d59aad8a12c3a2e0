import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { openAppService } from '#app/open-app-service.ts'
import { command as commandSchema } from '#core/commands.ts'
import { openDatabase } from '#db/sqlite/open-database.ts'
import { fillWorkspace, openBench, seeded, sentence, temporaryFolder } from './dataset.ts'
import { type BenchPart, inTurn, micros, row } from './measure.ts'

const perRound = 500

type Row = Record<string, unknown>

/** Inserts the same rows into the same tables with one prepared better-sqlite3 statement, `size` rows a transaction. */
function rawInserter(
  file: string,
  durability: 'FULL' | 'NORMAL',
): { insert(rows: readonly Row[], size: number): number; close(): void } {
  const opened = openDatabase(file, { durability })
  if (!opened.ok) throw new Error(opened.error.message)
  const { client } = opened.value
  const columns =
    'position id stream_id stream_version type_id schema_version actor_id chain_id replica_seq hlc occurred_at origin quiet hash data metadata'.split(
      ' ',
    )
  const statement = client.prepare(
    `INSERT INTO events (${columns.join(',')}) VALUES (${columns.map((name) => `@${name}`).join(',')})`,
  )
  const many = client.transaction((rows: readonly Row[]) => {
    for (const one of rows) statement.run(one)
  }).immediate
  return {
    insert(rows, size) {
      const start = performance.now()
      for (let at = 0; at < rows.length; at += size) {
        if (size === 1) statement.run(rows[at])
        else many(rows.slice(at, at + size))
      }
      return performance.now() - start
    },
    close: () => client.close(),
  }
}

/** A person's afternoon: mostly comments, some moves, labels and new issues. */
function wishes(count: number, issueIds: string[], random: () => number): Row[] {
  return Array.from({ length: count }, () => {
    const dice = random()
    const issueId = issueIds[Math.floor(random() * issueIds.length)]
    if (dice < 0.1) {
      const id = uuidv7()
      issueIds.push(id)
      return { type: 'create', issueId: id, title: sentence(random, 50), description: sentence(random, 300) }
    }
    if (dice < 0.7) return { type: 'comment', issueId, commentId: uuidv7(), body: sentence(random, 240) }
    if (dice < 0.85) return { type: 'change_title', issueId, title: sentence(random, 60) }
    return { type: 'change_priority', issueId, priority: random() < 0.5 ? 'low' : 'high' }
  })
}

async function commandsAgainstRaw(durability: 'FULL' | 'NORMAL') {
  const { folder, remove } = temporaryFolder()
  try {
    fillWorkspace(join(folder, 'workspace'), 300, 10)
    const opened = await openAppService({
      folder: join(folder, 'workspace'),
      host: 'cli',
      jobThread: new URL('../src/app/jobs/job-thread.ts', import.meta.url),
      durability,
    })
    if (!opened.ok) throw new Error(opened.error.message)
    const service = opened.value
    const behind = openBench(join(folder, 'workspace'), { durability: 'NORMAL' })
    const raw = rawInserter(join(folder, 'raw.db'), durability)
    const random = seeded(7)
    const issueIds: string[] = []
    let copied = behind.log.position() as number
    let rows: Row[] = []
    for (let n = 0; n < 100; n++) {
      const id = uuidv7()
      issueIds.push(id)
      await service.call('commands.execute', {
        command: { type: 'create', issueId: id as never, title: `Issue ${n}` },
      })
    }
    async function commands(): Promise<number> {
      const list = wishes(perRound, issueIds, random)
      copied = behind.log.position()
      const start = performance.now()
      for (let at = 0; at < list.length; at++) {
        const result = await service.callUnchecked('commands.execute', { command: list[at] })
        if (!result.ok && result.error.code !== 'concurrency') throw new Error(result.error.message)
        if (at % 100 === 99) while (behind.projections.step(100));
      }
      const took = performance.now() - start
      rows = behind.database.client.prepare('SELECT * FROM events WHERE position > ?').all(copied) as Row[]
      return took / rows.length
    }
    const measured = await inTurn({ command: commands, raw1: () => raw.insert(rows, 1) / rows.length }, 7)
    raw.close()
    behind.close()
    await service.close()
    return measured
  } finally {
    remove()
  }
}

async function hundredsAgainstRaw() {
  const { folder, remove } = temporaryFolder()
  try {
    fillWorkspace(join(folder, 'workspace'), 300, 10)
    const workspace = openBench(join(folder, 'workspace'), { durability: 'NORMAL' })
    const raw = rawInserter(join(folder, 'raw.db'), 'NORMAL')
    const random = seeded(8)
    const issueIds: string[] = []
    for (let n = 0; n < 100; n++) {
      const issueId = uuidv7()
      issueIds.push(issueId)
      workspace.commands.execute(commandSchema.parse({ type: 'create', issueId, title: `Issue ${n}` }))
    }
    let rows: Row[] = []
    function commands(): number {
      const list = wishes(2_000, issueIds, random)
      const from = workspace.log.position()
      const start = performance.now()
      for (let at = 0; at < list.length; at += 100) {
        workspace.log.transact(() => {
          for (const wish of list.slice(at, at + 100)) workspace.commands.execute(commandSchema.parse(wish))
        })
        while (workspace.projections.step(100));
      }
      const took = performance.now() - start
      rows = workspace.database.client.prepare('SELECT * FROM events WHERE position > ?').all(from) as Row[]
      return took / rows.length
    }
    const measured = await inTurn({ command: commands, raw1: () => raw.insert(rows, 1) / rows.length }, 7)
    raw.close()
    workspace.close()
    return measured
  } finally {
    remove()
  }
}

export async function run(): Promise<BenchPart> {
  const full = await commandsAgainstRaw('FULL')
  const normal = await commandsAgainstRaw('NORMAL')
  const hundreds = await hundredsAgainstRaw()
  const detail = (measured: { command: number; raw1: number }) =>
    `command ${micros(measured.command)}, raw1 ${micros(measured.raw1)}`
  return {
    rows: [
      row(
        'one whole command',
        'synchronous=FULL, against raw1',
        full.raw1 / full.command,
        '>=',
        0.7,
        detail(full),
      ),
      row(
        'one whole command',
        'synchronous=NORMAL, against raw1',
        normal.raw1 / normal.command,
        '>=',
        0.5,
        detail(normal),
      ),
      row(
        '100 commands a transaction',
        'synchronous=NORMAL, against raw1',
        hundreds.raw1 / hundreds.command,
        '>=',
        1.5,
        detail(hundreds),
      ),
    ],
  }
}
