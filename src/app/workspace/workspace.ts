import { existsSync } from 'node:fs'
import { eventRegistry } from '#core/event-registry.ts'
import { parseKey } from '#core/issue/issue-key.ts'
import type { LinkMark } from '#core/issue/link-marks.ts'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import type { SqliteEventLog } from '#db/log/sqlite-log.ts'
import {
  type AsynchronousProjections,
  asynchronousProjections,
} from '#db/projections/asynchronous-projections.ts'
import { openEventLog } from '#db/projections/event-log.ts'
import { linkMarks } from '#db/projections/link-marks.ts'
import { attachmentQuery } from '#db/queries/attachment-query.ts'
import { type EntityQuery, entityQuery, issueFinder, linkQuery } from '#db/queries/entity-query.ts'
import { feedQuery } from '#db/queries/feed-query.ts'
import { historyStripQuery } from '#db/queries/history-strip-query.ts'
import { textNameLookup } from '#db/queries/text-name-lookup.ts'
import {
  type LocalSettings,
  readLocalSettings,
  type WorkspaceName,
  workspaceNames,
  writeLocalSettings,
} from '#db/queries/workspace-settings.ts'
import { databaseRefusal } from '#db/sqlite/database-refusal.ts'
import { type Durability, openDatabase, openReadOnly, type WriteDatabase } from '#db/sqlite/open-database.ts'
import { type CommandService, commandService } from '../commands/command-service.ts'
import { newId } from '../commands/new-id.ts'
import { anchorOf } from './anchor.ts'
import { logFile } from './init-workspace.ts'
import { keepWorkspacePrivate } from './keep-workspace-private.ts'
import { type HeadGap, logHead } from './log-head.ts'
import { missingLog } from './missing-log.ts'
import { type TextNaming, textNaming } from './text-names.ts'

/** A workspace that is open: its log, what decides, and what reads. The parts share one connection. */
export type Workspace = {
  readonly folder: string
  /** The folder of the migrations, in a bundled host. */
  readonly migrations: string | undefined
  readonly database: WriteDatabase
  readonly log: SqliteEventLog
  /** What the log was found to lack when it was opened, against what had been recorded in its folder; for whoever tells a person of it, once. */
  tellGap(): HeadGap | null
  /** Who sits here and which workspace it is. Moves when the workspace joins a team. */
  readonly me: LocalSettings
  /** Looks whether another process changed who sits here. */
  refreshIdentity(): void
  /** Changes who sits here. */
  become(changed: Partial<LocalSettings>): void
  readonly commands: CommandService
  readonly projections: AsynchronousProjections
  readonly feed: ReturnType<typeof feedQuery>
  readonly strip: ReturnType<typeof historyStripQuery>
  readonly entities: EntityQuery
  readonly links: ReturnType<typeof linkQuery>
  readonly attachments: ReturnType<typeof attachmentQuery>
  /** The links without effect, over those of all issues. */
  linkMarks(): readonly LinkMark[]
  name(): WorkspaceName
  readonly textNames: TextNaming
  /** An issue's id by what a person calls it; `undefined` where there is none. */
  findIssue(text: string): string | undefined
  close(): void
}

export type WorkspaceOptions = {
  readonly durability?: Durability
  /** The folder of the migrations, in a bundled host. */
  readonly migrations?: string
  /** How long a write blocks for another process's, in milliseconds; 0 where the host retries outside its event loop. */
  readonly busyTimeout?: number
  /** Wall clock in milliseconds, for tests of clocks that are wrong. */
  readonly now?: () => number
}

/** Where a log stands; `undefined` where its file can't be read. */
function positionIn(log: SqliteEventLog): number | undefined {
  try {
    return log.position()
  } catch {
    return undefined
  }
}

/**
 * Opens a workspace that `initWorkspace` made; one that this user may not change is opened as it is now, to be read. Refuses with `not_a_workspace` and all that `openDatabase` refuses with.
 */
export function openWorkspace(folder: string, options: WorkspaceOptions = {}): Result<Workspace> {
  const notOne = refuse(
    'not_a_workspace',
    `${folder} is not a Docket workspace. Make one with: docket init --workspace ${folder}`,
  )
  const missing = missingLog(folder, logFile(folder))
  if (missing) return { ok: false, error: missing }
  if (!existsSync(logFile(folder))) return notOne
  keepWorkspacePrivate(folder)
  const how = {
    ...(options.durability ? { durability: options.durability } : {}),
    ...(options.migrations ? { migrations: options.migrations } : {}),
  }
  const toWrite = openDatabase(logFile(folder), how)
  const opened =
    !toWrite.ok && toWrite.error.code === 'read_only' ? openReadOnly(logFile(folder), how) : toWrite
  if (!opened.ok) return opened
  const database = opened.value
  try {
    const workspace = workspaceOn(database, folder, options)
    if (workspace) return done(workspace)
    database.client.close()
    return notOne
  } catch (error) {
    database.client.close()
    const refusal = databaseRefusal(error, logFile(folder))
    if (!refusal) throw error
    return { ok: false, error: refusal }
  }
}

/** The workspace on a database that is open; `undefined` where nobody made one there. */
function workspaceOn(
  database: WriteDatabase,
  folder: string,
  options: WorkspaceOptions,
): Workspace | undefined {
  const me = readLocalSettings(database)
  if (!me) return undefined
  if (options.busyTimeout !== undefined)
    database.client.pragma(`busy_timeout = ${Math.floor(options.busyTimeout)}`)

  const log = openEventLog(database, { registry: eventRegistry(), now: options.now ?? Date.now, newId })
  const { streamIds, toEvent } = log
  const finder = issueFinder(database, streamIds)
  const name = workspaceNames(database, log.directoryVersion)

  const identityVersion = database.client.prepare('SELECT data_version FROM pragma_data_version').pluck()
  let seenIdentityVersion: unknown

  const findIssue = (text: string): string | undefined =>
    finder.byKey(parseKey(text, name().keyPrefix)) ?? finder.byExternalKey(text.trim())

  const head = logHead(folder, database)
  const marks = linkMarks(database, streamIds, log)
  const commands = commandService(database, log, me, newId, findIssue, folder, marks)
  const workspace: Workspace = {
    folder,
    migrations: options.migrations,
    database,
    log,
    me,
    refreshIdentity() {
      const version = identityVersion.get()
      if (version === seenIdentityVersion) return
      seenIdentityVersion = version
      const known = readLocalSettings(database)
      if (known) Object.assign(me, known)
    },
    become(changed) {
      writeLocalSettings(database, changed)
      Object.assign(me, changed)
    },
    tellGap: head.tell,
    commands: {
      ...commands,
      execute(command, options) {
        const executed = commands.execute(command, options)
        head.note()
        return executed
      },
    },
    projections: asynchronousProjections(database, log),
    feed: feedQuery(database, streamIds, toEvent),
    strip: historyStripQuery(database, streamIds),
    entities: entityQuery(database, streamIds),
    links: linkQuery(database, streamIds),
    linkMarks: marks,
    attachments: attachmentQuery(database, streamIds, toEvent),
    name,
    textNames: textNaming(textNameLookup(database, streamIds), {
      version: log.directoryVersion,
      keyPrefix: () => name().keyPrefix,
    }),
    findIssue,
    close() {
      try {
        if (positionIn(log) !== begun) anchorOf(workspace).move()
        // Once more, for imports and what other replicas recorded.
        head.note()
      } catch (error) {
        // Of a damaged file nothing is noted; whoever worked with it was told.
        if (!databaseRefusal(error, database.file)) throw error
      } finally {
        head.close()
        database.client.close()
      }
    },
  }
  const begun = positionIn(log)
  return workspace
}
