import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entityIdOf } from '#app/commands/entity-id.ts'
import { initWorkspace } from '#app/workspace/init-workspace.ts'
import { openWorkspace, type Workspace, type WorkspaceOptions } from '#app/workspace/workspace.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import type { ForeignEvent, ForeignStream } from '#db/log/sqlite-log.ts'

const words =
  'window crashes when opening large project on slow network after update while saving settings with long path and empty title in dark theme search index rebuild memory leak worker timeout retry queue sync conflict merge branch export import label board drag keyboard focus scroll render paint layout cache token login session cookie header parser lexer token stream event order clock skew replica chain hash verify backup restore'.split(
    ' ',
  )

/** A small random generator with a seed (mulberry32), so that every run measures the same data. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function sentence(random: () => number, length: number): string {
  let text = ''
  while (text.length < length) text += `${words[Math.floor(random() * words.length)]} `
  return text.slice(0, length).trim()
}

const people = Array.from({ length: 40 }, (_, n) => ({
  id: deriveId('bench', 'member', String(n)),
  name: `Person ${n}`,
}))
const labels = Array.from({ length: 30 }, (_, n) => `area ${n}`)
const start = Date.UTC(2024, 0, 1)
/** Each issue is created within these milliseconds after the one before. */
const spacing = 600_000

export function directoryStreams(): ForeignStream[] {
  const event = (id: string, type: string, data: unknown): ForeignEvent => ({
    id: deriveId('bench', type, id),
    type,
    data,
    actorId: people[0]?.id ?? id,
    occurredAt: start,
    metadata: { triggeredBy: 'import' },
  })
  return [
    ...people.map(({ id, name }) => ({
      streamType: 'member' as const,
      streamId: id,
      events: [event(id, 'member_joined', { name, handle: name.toLowerCase().replace(' ', '-') })],
    })),
    ...labels.map((name) => ({
      streamType: 'label' as const,
      streamId: entityIdOf('label', name),
      events: [event(name, 'label_created', { name, colour: '#5e6ad2' })],
    })),
  ]
}

/** The n-th issue with `length` events, whose payloads have some 300 bytes on average, as real ones do: comments long, moves short. */
export function issueStream(n: number, length: number, random: () => number): ForeignStream {
  const id = deriveId('bench', 'issue', String(n))
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() ** 2 * list.length)] as T
  const events: ForeignEvent[] = []
  let at = start + n * spacing
  let status = 'open'
  const add = (type: string, data: unknown): void => {
    at += Math.floor(random() * 3_600_000)
    events.push({
      id: deriveId('bench', id, String(events.length)),
      type,
      data,
      actorId: pick(people).id,
      occurredAt: at,
      metadata: { triggeredBy: 'import' },
    })
  }
  add('created', {
    title: sentence(random, 30 + random() * 40),
    description: sentence(random, 400),
    status,
    priority: pick(['none', 'low', 'medium', 'high', 'urgent']),
  })
  while (events.length < length) {
    const dice = random()
    if (dice < 0.62)
      add('commented', {
        commentId: deriveId('bench', id, 'comment', String(events.length)),
        body: sentence(random, 150 + random() * 420),
      })
    else if (dice < 0.74) add('labeled', { labelId: entityIdOf('label', pick(labels)) })
    else if (dice < 0.86) add('assigned', { memberId: pick(people).id })
    else {
      const [to, transition] =
        status === 'open'
          ? ['in_progress', 'start']
          : status === 'in_progress'
            ? ['closed', 'close']
            : ['open', 'reopen']
      add('status_changed', { from: status, to, transition, reason: sentence(random, 120) })
      status = to as string
    }
  }
  return { streamType: 'issue', streamId: id, events }
}

export function temporaryFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(process.env.DOCKET_BENCH_DIR ?? tmpdir(), 'docket-bench-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export function openBench(folder: string, options: WorkspaceOptions = {}): Workspace {
  const opened = openWorkspace(folder, options)
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value
}

/** Fills a new workspace with `issues` issues of `length` events each, search and activity caught up. */
export function fillWorkspace(folder: string, issues: number, length: number): void {
  mkdirSync(folder, { recursive: true })
  const made = initWorkspace({ folder, name: 'Bench' })
  if (!made.ok) throw new Error(made.error.message)
  const workspace = openBench(folder, { durability: 'NORMAL' })
  const random = seeded(42)
  workspace.log.importStreams(directoryStreams())
  for (let n = 0; n < issues; ) {
    const batch: ForeignStream[] = []
    for (let size = 0; size < 2_000 && n < issues; size += length)
      batch.push(issueStream(n++, length, random))
    workspace.log.importStreams(batch)
  }
  while (workspace.projections.step(2_000));
  workspace.database.client.pragma('wal_checkpoint(TRUNCATE)')
  workspace.close()
}
