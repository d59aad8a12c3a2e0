import { z } from 'zod'
import type { SyncView } from '#contract/answers/sync-answers.ts'
import type { Hello } from '#contract/sync-api/hello.ts'
import { mostEventsAPush } from '#contract/sync-api/protocol.ts'
import {
  type ChainReceipt,
  chainReceipt,
  type ServerCursor,
  serverCursor,
  startCursor,
} from '#contract/sync-api/wire-events.ts'
import type { InboxDatabase } from './open-store.ts'

/** What the server said of itself when it was greeted. */
export type Greeted = Pick<Hello, 'workspaceId' | 'understands'>

/** An event that is here without its payload: it is on the page that begins after `after`. */
export type MissingPayload = { readonly id: string; readonly after: ServerCursor }

/** What survives between rounds of sync. */
export type RoundMemory = {
  cursor(): ServerCursor
  /** Earlier cursors, newest first, for a server that lost its tail. */
  earlier(): readonly ServerCursor[]
  save(cursor: ServerCursor): void
  /** What shows that the server had another's chain up to a place, lowest place first. */
  receipts(chain: string): readonly ChainReceipt[]
  keepReceipt(receipt: ChainReceipt): void
  /** Remembers events that came without a payload that can be read, and where in the server's order to ask for them again. */
  keepMissing(missing: readonly MissingPayload[]): void
  missing(): readonly MissingPayload[]
  /** Forgets those that are not missing any more. */
  dropMissing(ids: readonly string[]): void
  /** Own chains that the server took up to a place, by key, and did not yet show in its order up to there. */
  owed(): ReadonlyMap<string, number>
  keepOwed(owed: ReadonlyMap<string, number>): void
  /** Whether the server was caught with an order that is none, and showed none that is since. */
  doubted(): boolean
  doubt(doubted: boolean): void
  /** What the server said of itself when it was greeted last: the next greeting goes by it. */
  greeted(): Greeted | undefined
  keepGreeted(greeted: Greeted): void
}

const owedChain = z.tuple([z.string(), z.number()])

/** What sync remembers in `inboxes.db`. */
export type SyncMemory = RoundMemory & {
  lastSyncedAt(): number | null
  synced(at: number): void
  /** How things stood last, as whoever has no worker shows it. */
  view(): SyncView | null
  /** @param written how many events this copy had recorded then, by `writtenHere` */
  keepView(view: SyncView, written: number): void
  /** What was written here when the view was kept. */
  written(): number | null
  /** Has whoever runs the worker make a round. */
  ask(at: number): void
  askedAt(): number | null
  /** When the last round ended that was begun after it was asked for, however it ended. */
  answeredAt(): number | null
  answer(at: number): void
  /** Forgets everything: the workspace left its server. */
  clear(): void
}

const missingPayload = z.object({ id: z.string(), after: serverCursor })
const serverItself = z.object({ workspaceId: z.string(), understands: z.array(z.string()) })
/** More than this are asked for once the first of them are here, or by joining again. */
const mostMissing = 1_000

/** What sync remembers, over the open store. */
export function syncMemory({ client }: InboxDatabase): SyncMemory {
  const newest = client.prepare('SELECT seq, mark FROM sync_cursors ORDER BY seq DESC LIMIT 1')
  const every = client.prepare('SELECT seq, mark FROM sync_cursors ORDER BY seq DESC')
  const put = client.prepare(
    'INSERT INTO sync_cursors (seq, mark) VALUES (?, ?) ON CONFLICT (seq) DO UPDATE SET mark = excluded.mark',
  )
  const dropAfter = client.prepare('DELETE FROM sync_cursors WHERE seq > ?')
  const drop = client.prepare('DELETE FROM sync_cursors WHERE seq = ?')
  const read = client.prepare('SELECT value FROM sync_state WHERE name = ?').pluck()
  const write = client.prepare(
    'INSERT INTO sync_state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )

  function numberOf(name: string): number | null {
    const value = read.get(name)
    return value === undefined ? null : Number(value)
  }

  /** Keeps one cursor in each span that doubles with its distance: a server that was restored is pulled again from at most twice as far back. */
  function thinOut(): void {
    const [last, ...earlier] = every.all() as ServerCursor[]
    if (!last || earlier.length < 40) return
    let kept = last.seq
    for (const { seq } of earlier) {
      if ((last.seq - seq) / 2 < last.seq - kept) drop.run(seq)
      else kept = seq
    }
  }

  const receiptsOf = (chain: string) => {
    const text = read.get(`receipts ${chain}`)
    return typeof text === 'string' ? z.array(chainReceipt).parse(JSON.parse(text)) : []
  }

  const missing = (): readonly MissingPayload[] => {
    const text = read.get('missing')
    return typeof text === 'string' ? z.array(missingPayload).parse(JSON.parse(text)) : []
  }
  const writeMissing = (list: readonly MissingPayload[]): void => {
    write.run('missing', JSON.stringify(list.slice(0, mostMissing)))
  }

  const save = client.transaction((cursor: ServerCursor) => {
    dropAfter.run(cursor.seq)
    put.run(cursor.seq, cursor.mark)
    thinOut()
  })

  return {
    cursor: () => (newest.get() as ServerCursor | undefined) ?? startCursor,
    earlier: () => every.all() as ServerCursor[],
    save,
    receipts: receiptsOf,
    keepReceipt(receipt) {
      const kept = receiptsOf(receipt.chain).filter(({ seq }) => seq < receipt.seq)
      // From each to the next is one push, and no more of them are kept than that needs.
      const [before, between] = kept.slice(-2)
      if (before && between && receipt.seq - before.seq <= mostEventsAPush / 2) kept.pop()
      write.run(`receipts ${receipt.chain}`, JSON.stringify([...kept, receipt]))
    },
    keepMissing(list) {
      if (list.length > 0) writeMissing([...missing(), ...list])
    },
    missing,
    dropMissing(ids) {
      const gone = new Set(ids)
      const before = missing()
      const left = before.filter(({ id }) => !gone.has(id))
      if (left.length < before.length) writeMissing(left)
    },
    owed() {
      const text = read.get('owed')
      return new Map(typeof text === 'string' ? z.array(owedChain).parse(JSON.parse(text)) : [])
    },
    keepOwed(owed) {
      const text = JSON.stringify([...owed])
      if (text !== (read.get('owed') ?? '[]')) write.run('owed', text)
    },
    doubted: () => read.get('doubted') === '1',
    doubt: (doubted) => void write.run('doubted', doubted ? '1' : '0'),
    greeted() {
      const text = read.get('greeted')
      return typeof text === 'string' ? serverItself.parse(JSON.parse(text)) : undefined
    },
    keepGreeted({ workspaceId, understands }) {
      const text = JSON.stringify({ workspaceId, understands })
      if (text !== read.get('greeted')) write.run('greeted', text)
    },
    lastSyncedAt: () => numberOf('last_synced_at'),
    synced: (at) => void write.run('last_synced_at', String(at)),
    ask: (at) => void write.run('asked_at', String(at)),
    askedAt: () => numberOf('asked_at'),
    answeredAt: () => numberOf('answered_at'),
    answer: (at) => void write.run('answered_at', String(at)),
    view: () => {
      const text = read.get('view')
      return typeof text === 'string' ? (JSON.parse(text) as SyncView) : null
    },
    keepView(view, written) {
      write.run('view', JSON.stringify(view))
      write.run('written', String(written))
    },
    written: () => numberOf('written'),
    clear() {
      client.exec('DELETE FROM sync_cursors; DELETE FROM sync_state')
    },
  }
}
