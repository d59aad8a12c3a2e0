import { execFileSync, spawn } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import canonicalize from 'canonicalize'
import { sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import { openAppService } from '#app/open-app-service.ts'
import { serverProcess } from '#app/sync/testing/server-process.ts'
import { type ServiceWithInboxes, withInboxWorker } from '#app/with-inbox-worker.ts'
import { startChildWorker } from '#app/worker/child-worker.ts'
import { initWorkspace, logFile } from '#app/workspace/init-workspace.ts'
import type { PushRequest } from '#contract/sync-api/push.ts'
import type { WireEvent } from '#contract/sync-api/wire-events.ts'
import { startCursor } from '#contract/sync-api/wire-events.ts'
import { command } from '#core/commands.ts'
import { ticksPerMilli } from '#core/events/event-order.ts'
import { chainReader } from '#db/log/read/chain-reader.ts'
import type { Arrivals } from '#db/log/receive-events.ts'
import { genesis, hashEvent, hashPayload, plainMetadata } from '#db/log/rows/hash-chain.ts'
import { serverClient } from '#inboxes/sync/server/server-client.ts'
import { openServerDatabase } from '#server/database/open-database.ts'
import { devices, members, workspaces } from '#server/database/schema.ts'
import type { ServerDatabase } from '#server/database/server-database.ts'
import { numbering } from '#server/log/issue-numbering.ts'
import { push } from '#server/log/push.ts'
import { startServer } from '#server/start-server.ts'
import {
  directoryStreams,
  fillWorkspace,
  issueStream,
  openBench,
  seeded,
  temporaryFolder,
} from './dataset.ts'
import { joinPageRows } from './join-pages.ts'
import { type BenchPart, type BenchRow, inTurn, micros, quantile, rate, row } from './measure.ts'

const ingested = 20_000
const batch = 500
const pulledEvents = Number(process.env.DOCKET_BENCH_EVENTS ?? 100_000)
const joinedEvents = pulledEvents / 2
const perIssue = 20
const seen = 200
const postgres = 'postgres://postgres@127.0.0.1:5432/postgres'

/** The chain of a workspace just filled, as it travels. */
function chainOf(folder: string): { readonly replicaId: string; readonly events: WireEvent[] } {
  const workspace = openBench(folder)
  const chains = chainReader(workspace.database, workspace.log.streamIds)
  const [own] = chains.ends()
  const events: WireEvent[] = []
  for (;;) {
    const page = chains.page(own?.chain ?? '', events.length, 5_000, Number.POSITIVE_INFINITY)
    if (page.length === 0) break
    events.push(...(page as WireEvent[]))
  }
  workspace.close()
  return { replicaId: own?.replicaId ?? '', events }
}

function filled(events: number): { readonly replicaId: string; readonly events: WireEvent[] } {
  const { folder, remove } = temporaryFolder()
  try {
    fillWorkspace(join(folder, 'w'), Math.ceil(events / perIssue), perIssue)
    return chainOf(join(folder, 'w'))
  } finally {
    remove()
  }
}

/** What an empty database takes: the same rows, by the same kind of statement, and nothing looked at. */
async function bareInsert({ orm }: ServerDatabase, pieces: readonly WireEvent[][]): Promise<void> {
  await orm.execute(sql`CREATE TABLE IF NOT EXISTS bare (workspace_id uuid, seq bigint, chain uuid, replica_seq integer, id uuid,
    stream_type text, stream_id uuid, type text, schema_version integer, actor_id uuid, hlc bigint, occurred_at bigint, hash text, mark text,
    data text, metadata text, PRIMARY KEY (workspace_id, seq))`)
  const workspaceId = uuidv7()
  let seq = 0
  for (const piece of pieces) {
    const rows = piece.map((event) => {
      seq += 1
      return { ...event, seq, chain: workspaceId, mark: event.hash }
    })
    await orm.execute(sql`INSERT INTO bare SELECT ${workspaceId}::uuid, r.* FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r(
      "seq" bigint, "chain" uuid, "replicaSeq" integer, "id" uuid, "streamType" text, "streamId" uuid, "type" text, "schemaVersion" integer,
      "actorId" uuid, "hlc" bigint, "occurredAt" bigint, "hash" text, "mark" text, "data" text, "metadata" text)`)
  }
}

async function pushAll(
  database: ServerDatabase,
  replicaId: string,
  pieces: readonly WireEvent[][],
): Promise<void> {
  const workspaceId = uuidv7()
  const memberId = uuidv7()
  await database.orm.insert(workspaces).values({
    id: workspaceId,
    name: 'Bench',
    createdAt: 0,
    lastMark: startCursor.mark,
    secret: 'bench',
  })
  await database.orm
    .insert(members)
    .values({ workspaceId, id: memberId, name: 'Bench', role: 'owner', joinedAt: 0 })
  const deviceId = uuidv7()
  await database.orm
    .insert(devices)
    .values({ id: deviceId, workspaceId, memberId, name: 'Bench', tokenHash: deviceId, createdAt: 0 })
  const caller = { workspaceId, memberId, deviceId, role: 'owner' } as const
  const book = numbering()
  let after = 0
  let prevHash = genesis
  for (const events of pieces) {
    const request: PushRequest = { chain: replicaId, replicaId, after, prevHash, events }
    await push(database, caller, request, book, Date.now)
    after += events.length
    prevHash = events.at(-1)?.hash ?? prevHash
  }
}

async function ingestRow(
  name: string,
  database: ServerDatabase,
  replicaId: string,
  events: readonly WireEvent[],
): Promise<BenchRow> {
  const pieces = Array.from({ length: Math.ceil(events.length / batch) }, (_, n) =>
    events.slice(n * batch, (n + 1) * batch),
  )
  const timed = (work: () => Promise<void>) => async () => {
    const start = performance.now()
    await work()
    return (events.length / (performance.now() - start)) * 1_000
  }
  const measured = await inTurn({
    checked: timed(() => pushAll(database, replicaId, pieces)),
    bare: timed(() => bareInsert(database, pieces)),
  })
  return row(
    'sync',
    `ingest of pushed batches of ${batch} on ${name}, checked and stored, against a bare json_to_recordset insert`,
    measured.checked / measured.bare,
    '>=',
    0.5,
    `${rate(measured.checked)}, bare ${rate(measured.bare)}`,
  )
}

async function ingestRows(): Promise<{ rows: BenchRow[]; notes: string[] }> {
  const { replicaId, events } = filled(ingested)
  const { folder, remove } = temporaryFolder()
  const rows: BenchRow[] = []
  const notes: string[] = []
  try {
    const pglite = await openServerDatabase({ at: { data: join(folder, 'pglite') } })
    rows.push(await ingestRow('PGlite', pglite, replicaId, events))
    await pglite.close()
  } finally {
    remove()
  }
  const name = `docket_bench_${process.pid}`
  try {
    execFileSync('psql', [postgres, '-qc', `CREATE DATABASE ${name}`], { stdio: 'ignore' })
  } catch {
    return {
      rows,
      notes: ['PostgreSQL does not answer on 127.0.0.1:5432: ingest was measured on PGlite alone.'],
    }
  }
  try {
    const database = await openServerDatabase({
      at: { databaseUrl: postgres.replace(/\/postgres$/, `/${name}`) },
    })
    rows.push(await ingestRow('Postgres', database, replicaId, events))
    await database.close()
  } finally {
    execFileSync('psql', [postgres, '-qc', `DROP DATABASE ${name} WITH (FORCE)`], { stdio: 'ignore' })
  }
  return { rows, notes }
}

/** A fresh copy takes in what others recorded, against importing the same. */
async function applyRow(): Promise<BenchRow> {
  const { replicaId, events } = filled(pulledEvents)
  const { folder, remove } = temporaryFolder()
  const empty = join(folder, 'empty')
  const made = initWorkspace({ folder: empty, name: 'Bench' })
  if (!made.ok) throw new Error(made.error.message)
  let n = 0
  const fresh = () => {
    const copy = join(folder, `copy-${n++}`)
    cpSync(empty, copy, { recursive: true })
    return openBench(copy, { durability: 'NORMAL' })
  }
  try {
    const measured = await inTurn({
      applied() {
        const workspace = fresh()
        const start = performance.now()
        for (let at = 0; at < events.length; at += 1_000) {
          const arrivals: Arrivals = {
            chains: [{ chain: replicaId, replicaId }],
            events: events.slice(at, at + 1_000).map((event) => ({ chain: 0, event })),
          }
          workspace.log.receive(arrivals)
        }
        while (workspace.projections.step(2_000));
        const millis = performance.now() - start
        workspace.close()
        return (events.length / millis) * 1_000
      },
      imported() {
        const workspace = fresh()
        const random = seeded(42)
        const start = performance.now()
        workspace.log.importStreams(directoryStreams())
        for (let each = 0; each * perIssue < events.length; ) {
          const streams = Array.from({ length: 100 }, () => issueStream(each++, perIssue, random))
          workspace.log.importStreams(streams)
        }
        while (workspace.projections.step(2_000));
        const millis = performance.now() - start
        workspace.close()
        return (events.length / millis) * 1_000
      },
    })
    return row(
      'sync',
      `apply on a fresh replica (verify, fold, projections, search), ${pulledEvents.toLocaleString('en-US')} events, against importing the same`,
      measured.applied / measured.imported,
      '>=',
      0.5,
      `${rate(measured.applied)}, import ${rate(measured.imported)}`,
    )
  } finally {
    remove()
  }
}

/** A first join as a person has it: a server of its own process, the worker, the app that stays responsive; against importing the same. */
async function joinRow(): Promise<BenchRow> {
  const { folder, remove } = temporaryFolder()
  const server = await serverProcess(join(folder, 'server'))
  const made = await server.createWorkspace('Bench')
  const upToDate = async (service: ServiceWithInboxes, invite: string): Promise<void> => {
    const joined = await service.call('sync.join', { url: server.url, invite })
    if (!joined.ok) throw new Error(joined.error.message)
    await new Promise<void>((resolve) => {
      const off = service.onMessage((message) => {
        if (message.kind !== 'sync' || message.sync.state !== 'up_to_date') return
        off()
        resolve()
      })
    })
  }
  const source = join(folder, 'source')
  fillWorkspace(source, Math.ceil(joinedEvents / perIssue), perIssue)
  const first = await serviceOn(source)
  await upToDate(first, made.invite)
  await first.close()
  let n = 0
  try {
    const measured = await inTurn({
      async joined() {
        const service = await host(join(folder, `copy-${n++}`), 'Ben')
        const invite = await server.invite(made.workspaceId)
        const start = performance.now()
        await upToDate(service, invite)
        const millis = performance.now() - start
        await service.close()
        return (joinedEvents / millis) * 1_000
      },
      imported() {
        const copy = join(folder, `copy-${n++}`)
        const start = performance.now()
        fillWorkspace(copy, Math.ceil(joinedEvents / perIssue), perIssue)
        return (joinedEvents / (performance.now() - start)) * 1_000
      },
    })
    return row(
      'sync',
      `a first join over a server, ${joinedEvents.toLocaleString('en-US')} events, in frames of the running app, against importing the same at a stretch`,
      measured.joined / measured.imported,
      '>=',
      0.5,
      `${rate(measured.joined)}, import ${rate(measured.imported)}`,
    )
  } finally {
    await server.stop()
    remove()
  }
}

/** A copy of a workspace with one long issue, and events of another replica that belong somewhere into its past. */
async function lateRows(): Promise<BenchRow[]> {
  const { folder, remove } = temporaryFolder()
  const rounds = 40
  let copies = 0
  try {
    const source = join(folder, 'source')
    const made = initWorkspace({ folder: source, name: 'Bench' })
    if (!made.ok) throw new Error(made.error.message)
    let clock = Date.now() - 10 * 86_400_000
    const ours = openBench(source, { durability: 'NORMAL', now: () => clock })
    const issueId = uuidv7()
    const run = (wish: unknown) => ours.commands.execute(command.parse(wish))
    run({ type: 'create', issueId, title: 'Long' })
    const length = 6_000
    for (let at = 0; at < length; at++) {
      clock += 1_000
      run({ type: 'comment', issueId, commentId: uuidv7(), body: `Word ${at} of many that were said here` })
    }
    const end = clock
    ours.close()
    // Another replica's, whose clock stood so many events before the end, or after it.
    const measure = (before: number, title = false) => {
      const list = lateEvents(uuidv7(), issueId, end - before * 1_000 + 500, title ? 10 : rounds, title)
      const copy = join(folder, `copy-${copies++}`)
      cpSync(source, copy, { recursive: true })
      const workspace = openBench(copy, { durability: 'NORMAL', now: () => end })
      const millis = list.map((arrivals) => {
        const start = performance.now()
        workspace.log.receive(arrivals)
        return performance.now() - start
      })
      workspace.close()
      return quantile(millis, 0.5)
    }
    const measured = await inTurn({
      normal: () => measure(-1),
      late50: () => measure(50),
      late500: () => measure(500),
      late2000: () => measure(2_000),
      title: () => measure(50, true),
    })
    const detail = `normal ${micros(measured.normal)}, late ${micros(measured.late50)}, ${micros(measured.late500)}, ${micros(measured.late2000)}`
    return [
      row(
        'sync',
        'a late comment before 50 newer events of its issue, of 6,000, against a normal apply',
        measured.late50 / measured.normal,
        '<=',
        3,
        detail,
      ),
      row(
        'sync',
        'a late title before 50 newer events, against a normal apply',
        measured.title / measured.normal,
        '<=',
        3,
        `normal ${micros(measured.normal)}, late ${micros(measured.title)}`,
      ),
      row(
        'sync',
        'a late comment before 2,000 newer ones against one before 500: growth by snapshots',
        measured.late2000 / measured.late500,
        '<=',
        4,
        detail,
      ),
    ]
  } finally {
    remove()
  }
}

/** Comments or titles of another replica at an instant, each an arrival of its own. */
function lateEvents(chain: string, issueId: string, at: number, count: number, title: boolean): Arrivals[] {
  const actorId = uuidv7()
  let before = genesis
  return Array.from({ length: count }, (_, n) => {
    const event = foreignEvent({ chain, issueId, actorId, at, seq: n + 1, before, title })
    before = event.hash
    return { chains: [{ chain, replicaId: chain }], events: [{ chain: 0, event }] }
  })
}

function foreignEvent(of: {
  readonly chain: string
  readonly issueId: string
  readonly actorId: string
  readonly at: number
  readonly seq: number
  readonly before: string
  readonly title: boolean
}): WireEvent {
  const payload = of.title
    ? { from: of.seq === 1 ? 'Long' : `Called elsewhere ${of.seq - 1}`, to: `Called elsewhere ${of.seq}` }
    : { commentId: uuidv7(), body: `Said elsewhere ${of.seq}` }
  const data = canonicalize(payload) as string
  const header = {
    id: uuidv7(),
    streamType: 'issue' as const,
    streamId: of.issueId,
    type: of.title ? 'title_changed' : 'commented',
    schemaVersion: of.title ? 1 : 2,
    actorId: of.actorId,
    replicaSeq: of.seq,
    hlc: Math.floor(of.at) * ticksPerMilli + of.seq,
    occurredAt: Math.floor(of.at),
  }
  const hash = hashEvent({ ...header, replicaId: of.chain }, hashPayload(data, plainMetadata), of.before)
  return { ...header, hash, data }
}

async function host(folder: string, name: string): Promise<ServiceWithInboxes> {
  const made = initWorkspace({ folder, name: 'Bench', memberName: name })
  if (!made.ok) throw new Error(made.error.message)
  return serviceOn(folder)
}

async function serviceOn(folder: string): Promise<ServiceWithInboxes> {
  const opened = await openAppService({
    folder,
    host: 'web',
    jobThread: new URL('../src/app/jobs/job-thread.ts', import.meta.url),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  return withInboxWorker(opened.value, {
    start: () => startChildWorker(new URL('../inboxes/worker/worker.ts', import.meta.url), logFile(folder)),
    notify: () => true,
  })
}

/** From a command on one machine to the message that has another's window look again. */
async function seenRow(): Promise<BenchRow> {
  const { folder, remove } = temporaryFolder()
  const server = await startServer({ data: join(folder, 'server'), limits: { token: 1e9, address: 1e9 } })
  const { workspaceId, text } = await server.admin.createWorkspace('Bench')
  const [here, there] = [await host(join(folder, 'a'), 'Ada'), await host(join(folder, 'b'), 'Ben')]
  try {
    const invite = (await server.admin.invite(workspaceId)).text
    for (const [service, given] of [
      [here, text],
      [there, invite],
    ] as const) {
      const joined = await service.call('sync.join', { url: server.url, invite: given })
      if (!joined.ok) throw new Error(joined.error.message)
      await service.call('sync.now', {})
    }
    const issueId = uuidv7()
    const execute = (wish: unknown) =>
      here.call('commands.execute', { command: command.parse(wish) }).then((result) => {
        if (!result.ok) throw new Error(result.error.message)
      })
    await execute({ type: 'create', issueId, title: 'Seen' })
    const arrived = (): Promise<void> =>
      new Promise((resolve) => {
        const off = there.onMessage((message) => {
          if (message.kind !== 'changed' || !message.issues?.includes(issueId)) return
          off()
          resolve()
        })
      })
    const millis: { seen: number[]; trip: number[]; command: number[] } = { seen: [], trip: [], command: [] }
    for (let n = 0; n < seen; n++) {
      const there = arrived()
      const start = performance.now()
      await execute({ type: 'comment', issueId, commentId: uuidv7(), body: `Word ${n}` })
      millis.command.push(performance.now() - start)
      await there
      millis.seen.push(performance.now() - start)
      const asked = performance.now()
      await (await fetch(`${server.url}/healthz`)).text()
      millis.trip.push(performance.now() - asked)
      // Anything that follows a change is over before the next.
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const [p99, trip, own] = [
      quantile(millis.seen, 0.99),
      quantile(millis.trip, 0.99),
      quantile(millis.command, 0.99),
    ]
    return row(
      'sync',
      'a change on one machine seen on another’s screen, p99, against one round trip and one command',
      p99 / (trip + own),
      '<=',
      3,
      `${micros(p99)} (p50 ${micros(quantile(millis.seen, 0.5))}); round trip ${micros(trip)}, command ${micros(own)}`,
    )
  } finally {
    await here.close()
    await there.close()
    await server.close()
    remove()
  }
}

/** The server against PGlite alone: how long it takes to start on a directory that is there, and its memory after much was pushed. */
async function embeddedRows(): Promise<BenchRow[]> {
  const { folder, remove } = temporaryFolder()
  const data = join(folder, 'server')
  const bare = join(folder, 'bare')
  const { replicaId, events } = filled(pulledEvents)
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../server/main.ts', import.meta.url)), '--data', data, '--port', '0'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  try {
    const url = await new Promise<string>((resolve) => {
      let said = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text
        const found = /"url":"([^"]+)"/.exec(said)
        if (found) resolve(found[1] as string)
      })
    })
    const main = fileURLToPath(new URL('../server/main.ts', import.meta.url))
    const made = execFileSync(process.execPath, [
      main,
      '--data',
      data,
      'admin',
      'create-workspace',
      '--name',
      'Bench',
      '--json',
    ])
    const { code, workspaceId } = JSON.parse(made.toString())
    const joined = await serverClient({ url }).join({
      code,
      device: { name: 'bench' },
      member: { id: uuidv7(), name: 'Bench' },
      historyId: uuidv7(),
    })
    if (!joined.ok) throw new Error(joined.error.message)
    const client = serverClient({ url, token: joined.value.token }).workspace(workspaceId)
    let prevHash = genesis
    for (let after = 0; after < events.length; after += batch) {
      const part = events.slice(after, after + batch)
      const answer = await client.push({ chain: replicaId, replicaId, after, prevHash, events: part })
      if (!answer.ok) throw new Error(answer.error.message)
      prevHash = part.at(-1)?.hash ?? prevHash
    }
    await client.close()
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
    const ours = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1_024
    const ended = new Promise((resolve) => child.on('close', resolve))
    child.kill('SIGTERM')
    await ended
    const theirs = Number(
      execFileSync(process.execPath, [
        fileURLToPath(new URL('./pglite-child.ts', import.meta.url)),
        bare,
        String(events.length),
      ]).toString(),
    )
    const timed = (start: () => Promise<{ close(): Promise<void> }>) => async () => {
      const begun = performance.now()
      const started = await start()
      const millis = performance.now() - begun
      await started.close()
      return millis
    }
    const starts = await inTurn({
      server: timed(() => startServer({ data })),
      bare: timed(() => PGlite.create(bare)),
    })
    const mebibytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MiB`
    return [
      row(
        'sync',
        'the server’s start on an existing directory, against PGlite alone',
        starts.server / starts.bare,
        '<=',
        2,
        `${micros(starts.server)}, PGlite ${micros(starts.bare)}`,
      ),
      row(
        'sync',
        `the server’s resident memory after ${pulledEvents.toLocaleString('en-US')} events, against PGlite alone (measured once)`,
        ours / theirs,
        '<=',
        2,
        `${mebibytes(ours)}, PGlite ${mebibytes(theirs)}`,
      ),
    ]
  } finally {
    child.kill('SIGKILL')
    remove()
  }
}

export async function run(): Promise<BenchPart> {
  const { rows, notes } = await ingestRows()
  return {
    rows: [
      ...rows,
      await applyRow(),
      await joinRow(),
      ...(await lateRows()),
      await seenRow(),
      ...(await embeddedRows()),
      ...(await joinPageRows(pulledEvents)),
    ],
    notes,
  }
}
