import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Workspace } from '#app/workspace/workspace.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import type { FeedCursor, FeedQueryScope } from '#db/queries/feed-query.ts'
import { fillWorkspace, openBench, temporaryFolder } from './dataset.ts'
import { type BenchPart, type BenchRow, inTurn, median, micros, row } from './measure.ts'

/** Events in the large workspace; `DOCKET_BENCH_EVENTS` makes a quick look possible, and the table says so. */
export const largeEvents = Number(process.env.DOCKET_BENCH_EVENTS ?? 1_000_000)
const perIssue = 20
const reads = 200

/** A place some `pages` pages of 50 down the feed, found by its own keyset so that no OFFSET is involved. */
function deepPlace(workspace: Workspace, scope: FeedQueryScope, pages: number): FeedCursor | undefined {
  let before: FeedCursor | undefined
  for (let page = 0; page < pages; page += 10) {
    const entries = workspace.feed.page(scope, { limit: 500, before })
    const last = entries.at(-1)?.event
    if (!last) break
    before = { occurredAt: last.occurredAt, position: last.position }
  }
  return before
}

function medianOf(read: () => unknown): number {
  const times: number[] = []
  for (let n = 0; n < reads; n++) {
    const start = performance.now()
    read()
    times.push(performance.now() - start)
  }
  return median(times)
}

async function feedRows(small: Workspace, large: Workspace): Promise<BenchRow[]> {
  const member = deriveId('bench', 'member', '0')
  const issue = deriveId('bench', 'issue', '5')
  const scopes: [string, FeedQueryScope][] = [
    ['workspace', { kind: 'workspace' }],
    ['actor', { kind: 'actor', memberId: member }],
    ['issue', { kind: 'issue', issueId: issue }],
  ]
  const key = large.database.client.prepare('SELECT id, number, title, status FROM issues WHERE id = ?')
  const ids = large.database.client.prepare('SELECT id FROM issues LIMIT 1000').pluck().all() as number[]
  let at = 0
  const rows: BenchRow[] = []
  for (const [name, scope] of scopes) {
    for (const [depth, pages] of [
      ['first', 0],
      ['thousandth', 1_000],
    ] as const) {
      if (scope.kind === 'issue' && pages > 0) continue
      const [inLarge, inSmall] = [large, small].map((workspace) =>
        pages ? deepPlace(workspace, scope, workspace === small ? 50 : pages) : undefined,
      )
      const measured = await inTurn({
        large: () => medianOf(() => large.feed.page(scope, { limit: 50, before: inLarge })),
        small: () => medianOf(() => small.feed.page(scope, { limit: 50, before: inSmall })),
        point: () => medianOf(() => key.get(ids[at++ % ids.length])),
      })
      const detail = `page ${micros(measured.large)}, point ${micros(measured.point)}, at 10 k ${micros(measured.small)}`
      rows.push(
        row(
          'feed page at 1 M events',
          `${name}, ${depth} page, against point`,
          measured.large / measured.point,
          '<=',
          10,
          detail,
        ),
      )
      rows.push(
        row(
          'feed page at 1 M events',
          `${name}, ${depth} page, against 10 k events`,
          measured.large / measured.small,
          '<=',
          2,
          detail,
        ),
      )
    }
  }
  return rows
}

function sizeRow(large: Workspace): BenchRow {
  const file = statSync(large.database.file).size
  const { events, payload } = large.database.client
    .prepare(
      'SELECT count(*) AS events, avg(length(data) + coalesce(length(metadata), 0)) AS payload FROM events',
    )
    .get() as { events: number; payload: number }
  return row(
    'size on disk',
    `bytes an event of ${Math.round(payload)} bytes payload`,
    file / events,
    '<=',
    550,
    `${(file / 1e6).toFixed(0)} MB for ${events.toLocaleString('en-US')} events, all indexes and search in`,
  )
}

export async function run(): Promise<BenchPart> {
  const { folder, remove } = temporaryFolder()
  try {
    fillWorkspace(join(folder, 'small'), 500, perIssue)
    fillWorkspace(join(folder, 'large'), Math.round(largeEvents / perIssue), perIssue)
    const small = openBench(join(folder, 'small'))
    const large = openBench(join(folder, 'large'))
    const rows = [...(await feedRows(small, large)), sizeRow(large)]
    small.close()
    large.close()
    return {
      rows,
      notes:
        largeEvents === 1_000_000
          ? []
          : [`the large workspace had ${largeEvents.toLocaleString('en-US')} events instead of 1 M`],
    }
  } finally {
    remove()
  }
}
