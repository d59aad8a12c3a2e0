import { eq, sql } from 'drizzle-orm'
import { settings } from '../schema.ts'
import type { LogContext } from './log-context.ts'
import { correctTimes, findConflictsIn, refoldEntity } from './refold.ts'
import type { ChainFork } from './rows/chain-store.ts'
import { historySetting } from './rows/directory-settings.ts'
import { loadHead, saltSetting, transact } from './transact.ts'

/** Keeps what this copy has of a chain after `shared` as a fork of it: somebody else went on from there. */
export function forkChain(context: LogContext, { chain: key, shared, forkKey }: ChainFork): void {
  const { book, chainsRead, projections, state } = context
  transact(context, () => {
    const chain = book.find(key)
    if (!chain) return
    if (shared >= chain.seq) book.disown(chain.id)
    else {
      const hash = chainsRead.hashAt(key, shared)
      if (hash === undefined) throw new Error(`${key} has no place ${shared}`)
      book.rename(chain.id, forkKey, null)
      const trunk = book.add({
        ...chain,
        own: false,
        forkOf: { id: chain.id, seq: shared },
        seq: shared,
        hash,
        at: null,
      })
      book.rename(chain.id, forkKey, { id: trunk.id, seq: shared })
    }
    if (!chain.own) return
    state.head = loadHead(context)
    // The clock goes on where it was.
    state.head.hlc = Math.max(state.head.hlc, chain.hlc)
    state.head.at = chain.at
    book.move(state.head.chainId, {
      seq: state.head.replicaSeq,
      hash: state.head.hash,
      hlc: state.head.hlc,
      at: state.head.at,
    })
    if (projections.corrections.any()) correctTimes(context)
  })
}

/** Gives events recorded here a random salt in their metadata, or no more. */
export function saltPayloads(context: LogContext, on: boolean): void {
  const {
    database: { orm },
    state,
  } = context
  transact(context, () => {
    if (on) orm.insert(settings).values({ name: saltSetting, value: 'on' }).onConflictDoNothing().run()
    else orm.delete(settings).where(eq(settings.name, saltSetting)).run()
    state.salted = on
  })
}

/** Takes the workspace events of one stream, or of all, for those that count. */
export function followHistory(context: LogContext, streamId: string | null): void {
  const {
    database: { orm },
    streamIds,
    projections,
  } = context
  transact(context, () => {
    if (streamId === null) orm.delete(settings).where(eq(settings.name, historySetting)).run()
    else
      orm
        .insert(settings)
        .values({ name: historySetting, value: streamId })
        .onConflictDoUpdate({ target: settings.name, set: { value: sql`excluded.value` } })
        .run()
    const stream = streamId === null ? undefined : streamIds.find(streamId, 'workspace')
    if (stream) refoldEntity(context, stream)
    findConflictsIn(context, 'workspace')
    if (projections.corrections.any()) correctTimes(context)
  })
}
