import { eq, sql } from 'drizzle-orm'
import { chains } from '../../schema.ts'
import type { WriteDatabase } from '../../sqlite/open-database.ts'
import { uuidBytes, uuidText } from '../../sqlite/uuid-bytes.ts'
import { genesis } from './hash-chain.ts'

/** A chain of events as this file has it. */
export type Chain = {
  readonly id: number
  /** What it is called wherever it goes. */
  readonly key: string
  /** As the hashes of its events name it. */
  readonly replicaId: string
  /** Whether this copy appends to it. */
  readonly own: boolean
  /** Whether this copy or an earlier life of it wrote it. */
  readonly ours: boolean
  readonly forkOf: { readonly id: number; readonly seq: number } | null
  readonly seq: number
  /** Lower-case hexadecimal. */
  readonly hash: string
  /** For the own chain: the clock's last reading, other replicas' included. */
  readonly hlc: number
  /** When the last event that was not imported happened, as recorded; `null` where that is not known. */
  readonly at: number | null
}

/** What this copy has of a chain after place `shared`, where others have something else there. */
export type ChainFork = {
  /** By key. */
  readonly chain: string
  readonly shared: number
  /** What that end is called from now on, by everybody who has it. */
  readonly forkKey: string
}

export type ChainStore = {
  all(): readonly Chain[]
  find(key: string): Chain | undefined
  own(): Chain | undefined
  add(
    chain: Omit<Chain, 'id' | 'seq' | 'hash' | 'hlc' | 'at'> &
      Partial<Pick<Chain, 'seq' | 'hash' | 'hlc' | 'at'>>,
  ): Chain
  move(id: number, end: Pick<Chain, 'seq' | 'hash' | 'hlc' | 'at'>): void
  /** Gives a chain another key, for the one it had goes on elsewhere; it is own no more. */
  rename(id: number, key: string, forkOf: Chain['forkOf']): void
  disown(id: number): void
}

/** The chains of a log, read anew each time: another process may have moved them. */
export function chainStore(database: WriteDatabase): ChainStore {
  const { orm } = database
  const p = sql.placeholder
  const every = orm.select().from(chains).prepare()
  const byKey = orm
    .select()
    .from(chains)
    .where(eq(chains.key, p('key')))
    .prepare()
  const ownChain = orm.select().from(chains).where(eq(chains.own, true)).prepare()
  const moveEnd = orm
    .update(chains)
    .set({
      lastSeq: sql`${p('seq')}`,
      lastHash: sql`${p('hash')}`,
      lastHlc: sql`${p('hlc')}`,
      lastAt: sql`${p('at')}`,
    })
    .where(eq(chains.id, p('id')))
    .prepare()

  const chainOf = (row: typeof chains.$inferSelect): Chain => ({
    id: row.id,
    key: uuidText(row.key),
    replicaId: uuidText(row.replica),
    own: row.own,
    ours: row.ours,
    forkOf: row.forkOf === null ? null : { id: row.forkOf, seq: row.forkSeq ?? 0 },
    seq: row.lastSeq,
    hash: row.lastHash.toString('hex'),
    hlc: row.lastHlc,
    at: row.lastAt,
  })

  return {
    all: () => every.all().map(chainOf),
    find(key) {
      const row = byKey.get({ key: uuidBytes(key) })
      return row && chainOf(row)
    },
    own() {
      const row = ownChain.get()
      return row && chainOf(row)
    },
    add({ key, replicaId, own, ours, forkOf, seq = 0, hash = genesis, hlc = 0, at = null }) {
      const row = orm
        .insert(chains)
        .values({
          key: uuidBytes(key),
          replica: uuidBytes(replicaId),
          own,
          ours,
          forkOf: forkOf?.id ?? null,
          forkSeq: forkOf?.seq ?? null,
          lastSeq: seq,
          lastHash: Buffer.from(hash, 'hex'),
          lastHlc: hlc,
          lastAt: at,
        })
        .returning()
        .get()
      return chainOf(row)
    },
    move(id, { seq, hash, hlc, at }) {
      moveEnd.run({ id, seq, hash: Buffer.from(hash, 'hex'), hlc, at })
    },
    rename(id, key, forkOf) {
      orm
        .update(chains)
        .set({ key: uuidBytes(key), own: false, forkOf: forkOf?.id ?? null, forkSeq: forkOf?.seq ?? null })
        .where(eq(chains.id, id))
        .run()
    },
    disown(id) {
      orm.update(chains).set({ own: false }).where(eq(chains.id, id)).run()
    },
  }
}
