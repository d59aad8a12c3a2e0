import { existsSync, rmSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { cleanLine } from '#core/text/text.ts'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import { makePrivateFolder } from '#db/files/private-files.ts'
import { readLocalSettings, writeLocalSettings } from '#db/queries/workspace-settings.ts'
import { databaseRefusal } from '#db/sqlite/database-refusal.ts'
import { openDatabase } from '#db/sqlite/open-database.ts'
import { folderIsMine } from '#inboxes/own/sends-from-here.ts'
import { standardInboxes } from '#inboxes/standard-inboxes.ts'
import { deliveryStore } from '#inboxes/store/delivery-store.ts'
import { inboxDatabaseFile, openInboxDatabase } from '#inboxes/store/open-store.ts'
import { keepWorkspacePrivate } from './keep-workspace-private.ts'
import { missingLog } from './missing-log.ts'

export type InitOptions = {
  readonly folder: string
  readonly name?: string
  /** 1 to 10 letters and digits, a letter first: what keys begin with. */
  readonly keyPrefix?: string
  readonly memberName?: string
  /** The folder of the migrations, in a bundled host. */
  readonly migrations?: string
}

/** The log's file in a workspace's folder. */
export const logFile = (folder: string): string => join(folder, 'log.db')

/** What the person's account on this computer is called: what they go by until they say better. */
export function accountName(): string {
  try {
    return cleanLine(userInfo().username) || 'Me'
  } catch {
    return 'Me'
  }
}

function removeEmpty(file: string): void {
  if (existsSync(file) && statSync(file).size === 0)
    for (const ending of ['', '-wal', '-shm']) rmSync(`${file}${ending}`, { force: true })
}

/** Has the inboxes that everybody has begin with the first event, even if no worker is started until later. */
function beginInboxes(folder: string): Result<void> {
  const opened = openInboxDatabase(inboxDatabaseFile(folder))
  if (!opened.ok) return opened
  const { ensure } = deliveryStore(opened.value, Date.now)
  for (const name of standardInboxes) ensure(name, 0, true)
  opened.value.client.close()
  return done(undefined)
}

/** Notes outside of the folder that it is this person's. Where that can't be written, what sends from it asks first. */
function noteFolder(folder: string, workspaceId: string): void {
  try {
    folderIsMine({ inboxDatabase: { file: inboxDatabaseFile(folder) }, workspaceId })
  } catch {
    // Said where it matters, by the inboxes that wait.
  }
}

/**
 * Makes a workspace in a folder, which may exist. No event is recorded yet: the first command introduces the workspace and the
 * member, so that a fresh workspace can take over an exported history as it was.
 * Refuses with `workspace_exists`, `invalid_input`, `corrupt` (there was one, and its log is gone), `read_only` or `disk_full`.
 */
export function initWorkspace(
  options: InitOptions,
): Result<{ readonly folder: string; readonly name: string; readonly keyPrefix: string }> {
  const folder = resolve(options.folder)
  const keyPrefix = (options.keyPrefix ?? 'DOC').toUpperCase()
  if (!/^[A-Z][A-Z0-9]{0,9}$/.test(keyPrefix))
    return refuse(
      'invalid_input',
      `A key prefix is 1 to 10 letters and digits and begins with a letter; "${keyPrefix}" is not.`,
    )
  const missing = missingLog(folder, logFile(folder), true)
  if (missing) return { ok: false, error: missing }
  const name = cleanLine(options.name ?? basename(folder)) || 'Docket'
  const memberName = cleanLine(options.memberName ?? '') || accountName()
  try {
    if (existsSync(folder) && !statSync(folder).isDirectory())
      return refuse('invalid_input', `${folder} is a file, not a folder.`)
    makePrivateFolder(folder)
  } catch (error) {
    const refusal = databaseRefusal(error, folder)
    if (refusal) return { ok: false, error: refusal }
    throw error
  }
  const exists = refuse('workspace_exists', `${folder} is a Docket workspace already; nothing was changed.`)
  const fresh = !existsSync(logFile(folder))
  const opened = openDatabase(logFile(folder), options.migrations ? { migrations: options.migrations } : {})
  if (!opened.ok) {
    // Not even its first page found room: an empty file would pass for the start of a workspace.
    if (fresh && opened.error.code === 'disk_full') removeEmpty(logFile(folder))
    // It can be opened to be read, if it is one; nothing can be made of it in any case.
    return !fresh && opened.error.code === 'read_only' ? exists : opened
  }
  const database = opened.value
  keepWorkspacePrivate(folder)
  try {
    // Under the write lock, for several may make it at once.
    const make = database.client.transaction((): ReturnType<typeof initWorkspace> => {
      if (readLocalSettings(database)) return exists
      const begun = beginInboxes(folder)
      if (!begun.ok) return begun
      const workspaceId = uuidv7()
      const named = memberName === accountName() && options.memberName === undefined ? '' : 'yes'
      writeLocalSettings(database, { workspaceId, name, keyPrefix, memberId: uuidv7(), memberName, named })
      noteFolder(folder, workspaceId)
      return done({ folder, name, keyPrefix })
    })
    return make.immediate()
  } catch (error) {
    const refusal = databaseRefusal(error, logFile(folder))
    if (refusal) return { ok: false, error: refusal }
    throw error
  } finally {
    database.client.close()
  }
}
