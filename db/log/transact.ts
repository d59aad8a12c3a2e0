import { rebuiltSetting } from '../setting-names.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { type Head, type LogContext, workflowNow } from './log-context.ts'

/** Set while payloads are sealed. */
export const saltSetting = 'sync.salted'

/** More foreign events than this are not looked at one by one. */
const manyEvents = 200

function forgetAll(context: LogContext): void {
  const { streamIds, store, state } = context
  const { versions, snapshotted } = context.state
  state.head = undefined
  state.directoryVersion += 1
  versions.clear()
  snapshotted.clear()
  store.forget()
  streamIds.forget()
}

/** Forgets the streams that others added to, and no more: their search and snapshots change nothing that is remembered. */
function forgetSince(context: LogContext, after: number, last: number): void {
  const { streamIds, store, state } = context
  const { touchedSince } = context.statements
  const { versions, snapshotted } = context.state
  state.head = undefined
  state.directoryVersion += 1
  if (last - after > manyEvents) {
    // After an import it is quicker to fold again what is asked for than to look at everything that came.
    versions.clear()
    snapshotted.clear()
    store.forget()
  } else {
    for (const { stream } of touchedSince.all({ after })) {
      versions.delete(stream)
      snapshotted.delete(stream)
      store.forget(streamIds.stream(stream).uuid)
    }
  }
  const changed = workflowNow(context)
  if (JSON.stringify(changed) !== JSON.stringify(state.workflow)) state.workflow = changed
}

/** Looks whether another process wrote since; if so, forgets what was remembered. @returns whether it did. */
export function refreshIfChangedElsewhere(context: LogContext): boolean {
  const { times, state } = context
  const { readSetting, dataVersion, lastPosition } = context.statements
  const version = dataVersion.get()
  if (version === state.seenVersion) return false
  // Other streams than the new events' may be of another time now.
  times.refresh()
  if (times.version !== state.seenTimes) {
    state.seenTimes = times.version
    forgetAll(context)
  }
  const first = state.seenVersion === undefined
  state.salted = readSetting.get({ name: saltSetting }) !== undefined
  state.seenVersion = version
  const last = lastPosition.get()?.position ?? 0
  const known = state.head?.position ?? state.seenPosition
  state.seenPosition = last
  const revision = readSetting.get({ name: rebuiltSetting })?.value
  const revised = revision !== state.seenRevision
  state.seenRevision = revision
  if (first || (last === known && !revised)) return false
  if (revised) forgetAll(context)
  forgetSince(context, known, last)
  return true
}

/** Reads where this replica’s chain ends; a new replica begins one. */
export function loadHead(context: LogContext): Head {
  const { newId, book } = context
  const { lastPosition } = context.statements
  let chain = book.own()
  if (!chain) {
    const replicaId = newId()
    chain = book.add({ key: replicaId, replicaId, own: true, ours: true, forkOf: null })
  }
  return {
    chainId: chain.id,
    replicaId: chain.replicaId,
    position: lastPosition.get()?.position ?? 0,
    replicaSeq: chain.seq,
    hlc: chain.hlc,
    hash: chain.hash,
    at: chain.at,
  }
}

/** Runs within the write lock: reads the head first, and writes where it got to. */
function withHead<T>(context: LogContext, work: () => T): T {
  const { state, statements } = context
  refreshIfChangedElsewhere(context)
  state.head ??= loadHead(context)
  const { replicaSeq, position, hlc } = state.head
  const result = work()
  const { head } = state
  if (head && head.position !== position) state.seenPosition = head.position
  if (head && (head.replicaSeq !== replicaSeq || head.hlc !== hlc)) {
    statements.moveHead.run({
      id: head.chainId,
      seq: head.replicaSeq,
      hash: Buffer.from(head.hash, 'hex'),
      hlc: head.hlc,
      at: head.at,
    })
  }
  return result
}

/** BEGIN IMMEDIATE takes the write lock first, so that everything read inside is what the write builds on. */
export const immediately = ({ client }: WriteDatabase) =>
  client.transaction((work: () => unknown) => work()).immediate

/** Runs `work` in one write transaction, or in the one under way: all that it writes is committed together, or nothing. */
export function transact<T>(context: LogContext, work: () => T): T {
  const { state, times } = context
  if (state.inside) return work()
  state.inside = true
  try {
    return context.immediate(() => withHead(context, work)) as T
  } catch (error) {
    state.seenPosition = 0
    state.seenVersion = undefined
    times.forget()
    forgetAll(context)
    throw error
  } finally {
    state.inside = false
  }
}
