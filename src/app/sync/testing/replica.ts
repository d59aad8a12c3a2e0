import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type ChainReceipt, type ServerCursor, startCursor } from '#contract/sync-api/wire-events.ts'
import { command } from '#core/commands.ts'
import { eventRegistry } from '#core/event-registry.ts'
import type { RemoteCode, Result } from '#core/values/refusal.ts'
import { chainReader } from '#db/log/read/chain-reader.ts'
import { ArrivalError } from '#db/log/receive-events.ts'
import { verifyLog } from '#db/log/verify.ts'
import { rebuildProjections } from '#db/projections/rebuild.ts'
import { conflictQuery } from '#db/queries/conflict-query.ts'
import { stateDigests } from '#db/queries/state-digest.ts'
import type { Greeted, RoundMemory } from '#inboxes/store/sync-memory.ts'
import type { RoundDone, RoundServer } from '#inboxes/sync/round/round-types.ts'
import { syncRound } from '#inboxes/sync/round/sync-round.ts'
import type { ExecuteOptions } from '../../commands/command-service.ts'
import { newId } from '../../commands/new-id.ts'
import { initWorkspace } from '../../workspace/init-workspace.ts'
import { openWorkspace, type Workspace } from '../../workspace/workspace.ts'
import { joinHistory } from '../join-history.ts'

/** One copy of a shared workspace, as a person's machine has it. */
export type Replica = {
  readonly name: string
  readonly workspace: Workspace
  /** Runs a command that may be refused. */
  execute(wish: unknown, options?: ExecuteOptions): { readonly ok: boolean }
  sync(server: RoundServer): Promise<Result<RoundDone, RemoteCode>>
  digest(): string
  /** Every event that feeds show, one line each, in an order that arrival has no part in. */
  feed(): readonly string[]
  /** Every conflict there ever was and what became of it, one line each, in an order that arrival has no part in. */
  conflictRows(): readonly string[]
  /** Every id of the log. */
  ids(): ReadonlySet<string>
  restart(): void
  /** @returns what puts the copy back to how it is now: a restored backup. */
  backUp(): () => void
  /** Holds every projection against its rebuild, and every hash. */
  check(): void
  close(): void
}

let template: string | undefined

/** A workspace just made, of which every other is a copy: migrating is the slowest part of making one. */
function templateFolder(): string {
  if (!template) {
    template = mkdtempSync(join(tmpdir(), 'docket-template-'))
    const made = initWorkspace({ folder: template, name: 'Shared', memberName: 'Somebody' })
    if (!made.ok) throw new Error(made.error.message)
    process.on('exit', () => rmSync(template as string, { recursive: true, force: true }))
  }
  return template
}

/** @param historyId the workspace's stream, the same for all. @param skewMillis what this machine's clock is ahead. */
export function newReplica(
  name: string,
  memberId: string,
  historyId: string,
  now: () => number = Date.now,
): Replica {
  const root = mkdtempSync(join(tmpdir(), 'docket-replica-'))
  const folder = join(root, 'workspace')
  cpSync(templateFolder(), folder, { recursive: true })
  const opened = (): Workspace => {
    const result = openWorkspace(folder, { durability: 'NORMAL', now })
    if (!result.ok) throw new Error(result.error.message)
    result.value.database.client.pragma('synchronous = OFF')
    return result.value
  }
  let workspace = opened()
  joinHistory(workspace, { historyId, memberId, memberName: name })
  let cursors: ServerCursor[] = []
  const receipts: ChainReceipt[] = []
  let owed: ReadonlyMap<string, number> = new Map()
  let doubted = false
  let greeted: Greeted | undefined
  const memory: RoundMemory = {
    cursor: () => cursors.at(-1) ?? startCursor,
    earlier: () => cursors.toReversed(),
    save: (cursor) => void cursors.push(cursor),
    receipts: (chain) => receipts.filter((each) => each.chain === chain).sort((a, b) => a.seq - b.seq),
    owed: () => owed,
    keepOwed(now) {
      owed = now
    },
    doubted: () => doubted,
    doubt(now) {
      doubted = now
    },
    greeted: () => greeted,
    keepGreeted(now) {
      greeted = now
    },
    keepMissing: () => {},
    missing: () => [],
    dropMissing: () => {},
    keepReceipt: (receipt) => void receipts.push(receipt),
  }
  let backups = 0

  return {
    name,
    get workspace() {
      return workspace
    },
    execute(wish, options) {
      const executed = workspace.commands.execute(command.parse(wish), options)
      workspace.projections.step(1)
      return executed
    },
    sync(server) {
      const { log, database } = workspace
      workspace.projections.step(3)
      const answer = <T>(work: () => T): Result<T, RemoteCode> => {
        try {
          return { ok: true, value: work() }
        } catch (error) {
          if (!(error instanceof ArrivalError)) throw error
          return { ok: false, error: { retryable: false, code: error.code, message: error.message } }
        }
      }
      return syncRound({
        server,
        chains: chainReader(database, log.streamIds),
        memory,
        receive: async (arrivals) => answer(() => log.receive(arrivals)),
        forkChain: async (fork) => answer(() => log.forkChain(fork)),
        seal: (event) => ({ ok: true, value: event }),
        open: (event) => ({ ok: true, value: event }),
      })
    },
    digest: () => stateDigests(workspace.database).now().digest,
    feed() {
      const lines: string[] = []
      const place = { occurredAt: Number.MAX_SAFE_INTEGER, position: Number.MAX_SAFE_INTEGER }
      for (let before = place; ; ) {
        const page = workspace.feed.page({ kind: 'workspace' }, { limit: 200, before })
        for (const { event, superseded, comment, issue } of page)
          lines.push(
            JSON.stringify([
              event.occurredAt,
              event.id,
              event.type,
              superseded,
              comment,
              issue?.number,
              issue?.title,
            ]),
          )
        const last = page.at(-1)?.event
        if (!last) return lines.sort()
        before = { occurredAt: last.occurredAt, position: last.position }
      }
    },
    conflictRows() {
      const { database, log } = workspace
      const query = conflictQuery(database, log.streamIds, log.toEvent)
      return query
        .page({ show: 'all', limit: 10_000 })
        .map(({ id, of, field, part, lost, won, settled, place: { at } }) =>
          JSON.stringify([id, of, field, part, lost.id, won.id, settled, at]),
        )
        .sort()
    },
    ids() {
      const ids = workspace.database.client.prepare('SELECT DISTINCT lower(hex(id)) FROM events').pluck()
      return new Set(ids.all() as string[])
    },
    restart() {
      workspace.close()
      workspace = opened()
    },
    backUp() {
      const copy = join(root, `backup-${backups++}`)
      workspace.close()
      cpSync(folder, copy, { recursive: true })
      workspace = opened()
      const known = [...cursors]
      const knownOwed = owed
      return () => {
        workspace.close()
        rmSync(folder, { recursive: true })
        cpSync(copy, folder, { recursive: true })
        workspace = opened()
        cursors = [...known]
        owed = knownOwed
      }
    },
    check() {
      const report = rebuildProjections(workspace.database, { registry: eventRegistry(), newId })
      expect(report.repaired, `${name}: rebuilt`).toEqual([])
      expect(verifyLog(workspace.database).problems, `${name}: verified`).toEqual([])
    },
    close() {
      workspace.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}
