import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { v7 as uuidv7 } from 'uuid'
import { openAppService } from '#app/open-app-service.ts'
import { initWorkspace } from '#app/workspace/init-workspace.ts'
import { seeded, sentence, temporaryFolder } from './dataset.ts'
import { type BenchPart, type BenchRow, inTurn, micros, row } from './measure.ts'

const peerFolder = fileURLToPath(new URL('./peer/', import.meta.url))
const perRound = 200

type PeerEvent = { type: string; data: Record<string, unknown> }
type Peer = {
  sqliteConnection(options: { fileName: string }): { close(): void; command(sql: string): Promise<unknown> }
  createEventStoreSchema(connection: unknown): Promise<void>
  appendToStream(connection: unknown, stream: string, type: string, events: PeerEvent[]): Promise<unknown>
  getSQLiteEventStore(options: { fileName: string }): {
    appendToStream(stream: string, events: PeerEvent[]): Promise<unknown>
  }
}

/** The peer, installed on first use beside Docket's own packages; a sentence where that can not be done here. */
async function loadPeer(): Promise<Peer | string> {
  const entry = join(peerFolder, 'node_modules', '@event-driven-io', 'emmett-sqlite', 'dist', 'index.js')
  if (!existsSync(entry)) {
    try {
      execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], {
        cwd: peerFolder,
        stdio: 'ignore',
      })
    } catch {
      return 'the peer (emmett-sqlite) could not be installed here: its sqlite3 needs a compiler and Node’s headers'
    }
  }
  try {
    return (await import(entry)) as Peer
  } catch (error) {
    return `the peer (emmett-sqlite) could not be loaded: ${error instanceof Error ? error.message : String(error)}`
  }
}

async function against(peer: Peer, durability: 'FULL' | 'NORMAL', folder: string): Promise<BenchRow[]> {
  const workspace = join(folder, `workspace-${durability}`)
  initWorkspace({ folder: workspace })
  const opened = await openAppService({
    folder: workspace,
    host: 'cli',
    durability,
    jobThread: new URL('../src/app/jobs/job-thread.ts', import.meta.url),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  const app = opened.value
  const random = seeded(9)
  const issueId = uuidv7() as never
  await app.call('commands.execute', { command: { type: 'create', issueId, title: 'Peer' } })
  const fileName = join(folder, `peer-${durability}.db`)
  const connection = peer.sqliteConnection({ fileName })
  await peer.createEventStoreSchema(connection)
  await connection.command('PRAGMA journal_mode = WAL')
  await connection.command(`PRAGMA synchronous = ${durability}`)
  const store = peer.getSQLiteEventStore({ fileName })
  const eventOf = (): PeerEvent => ({
    type: 'commented',
    data: { commentId: uuidv7(), body: sentence(random, 240) },
  })
  async function each(
    append: (event: PeerEvent, n: number) => Promise<unknown>,
    count = perRound,
  ): Promise<number> {
    const events = Array.from({ length: count }, eventOf)
    const start = performance.now()
    for (const [n, event] of events.entries()) await append(event, n)
    return (performance.now() - start) / count
  }
  const measured = await inTurn({
    docket: () =>
      each(async (event) => {
        const { commentId, body } = event.data as { commentId: string; body: string }
        const done = await app.call('commands.execute', {
          command: { type: 'comment', issueId, commentId: commentId as never, body },
        })
        if (!done.ok) throw new Error(done.error.message)
      }),
    connection: () =>
      each((event, n) => peer.appendToStream(connection, `issue-${n % 50}`, 'issue', [event])),
    store: () => each((event, n) => store.appendToStream(`issue-${n % 50}`, [event]), 50),
  })
  connection.close()
  await app.close()
  const detail = `command ${micros(measured.docket)}, peer on an open connection ${micros(measured.connection)}, peer's store ${micros(measured.store)}`
  return [
    row(
      'one whole command',
      `synchronous=${durability}, against the peer on an open connection`,
      measured.connection / measured.docket,
      '>=',
      durability === 'FULL' ? 2.5 : 6,
      detail,
    ),
    row(
      'one whole command',
      `synchronous=${durability}, against the peer's store API`,
      measured.store / measured.docket,
      '>=',
      20,
      detail,
    ),
  ]
}

export async function run(): Promise<BenchPart> {
  const peer = await loadPeer()
  if (typeof peer === 'string') return { rows: [], notes: [peer] }
  const { folder, remove } = temporaryFolder()
  try {
    return { rows: [...(await against(peer, 'FULL', folder)), ...(await against(peer, 'NORMAL', folder))] }
  } finally {
    remove()
  }
}
