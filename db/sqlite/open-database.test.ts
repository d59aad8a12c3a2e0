import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventRegistry } from '#core/event-registry.ts'
import { parseKey } from '#core/issue/issue-key.ts'
import type { Position } from '#core/values/ids.ts'
import { verifyLog } from '../log/verify.ts'
import { openEventLog } from '../projections/event-log.ts'
import { rebuildProjections } from '../projections/rebuild.ts'
import { issueFinder } from '../queries/entity-query.ts'
import { openDatabase, openReadDatabase } from './open-database.ts'

const migrations = fileURLToPath(new URL('../migrations', import.meta.url))
type Journal = { entries: { idx: number; tag: string; when: number }[] }
const journalOf = (folder: string): Journal =>
  JSON.parse(readFileSync(join(folder, 'meta', '_journal.json'), 'utf8'))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-open-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const file = () => join(folder, 'log.db')
function opened(options: Parameters<typeof openDatabase>[1] = {}) {
  const result = openDatabase(file(), options)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

/** The migrations of a Docket that knew only the first `count` of them. */
function olderMigrations(count: number): string {
  const older = join(folder, `migrations-${count}`)
  cpSync(migrations, older, { recursive: true })
  const journal = journalOf(older)
  writeFileSync(
    join(older, 'meta', '_journal.json'),
    JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }),
  )
  return older
}

describe('opening a log', () => {
  const known = journalOf(migrations).entries.length

  it.each(Array.from({ length: known - 1 }, (_, index) => index + 1))(
    'a file of version %i is brought forward with all that is in it, and a copy is made before',
    (version) => {
      const first = opened({ migrations: olderMigrations(1) })
      first.client.exec(readFileSync(new URL('../testing/rows-of-version-1.sql', import.meta.url), 'utf8'))
      first.client.close()
      opened({ migrations: olderMigrations(version) }).client.close()
      rmSync(join(folder, 'backups'), { recursive: true, force: true })

      const database = opened()
      const log = openEventLog(database, { registry: eventRegistry(), now: Date.now, newId: uuidv7 })
      expect(verifyLog(database)).toMatchObject({ events: 21, chains: 1, problems: [] })
      const finder = issueFinder(database, log.streamIds)
      const titleOf = (id: string | undefined) => id && log.issue(id).title
      expect(titleOf(finder.byKey(parseKey('DOC-1', 'DOC')))).toBe('Crash on start')
      expect(titleOf(finder.byExternalKey('OLD-7'))).toBe('From Jira')
      const rebuilt = rebuildProjections(database, { registry: eventRegistry(), newId: uuidv7 })
      expect(rebuilt).toMatchObject({ events: 21, issues: 3, after: rebuilt.before })

      const issueId = finder.byKey(parseKey('DOC-2', 'DOC')) ?? ''
      const actorId = log.readAll(0 as Position, 1)[0]?.actorId ?? ''
      log.append({ type: 'issue', id: issueId }, [
        { id: uuidv7(), type: 'commented', data: { commentId: uuidv7(), body: 'Later' }, actorId },
      ])
      expect(verifyLog(database)).toMatchObject({ events: 22, problems: [] })
      database.client.close()

      const copies = readdirSync(join(folder, 'backups'))
      expect(copies).toHaveLength(1)
      const copy = new Sqlite(join(folder, 'backups', copies[0] as string), { readonly: true })
      expect(copy.prepare('SELECT count(*) FROM __drizzle_migrations').pluck().get()).toBe(version)
      expect(copy.prepare('SELECT count(*) FROM events').pluck().get()).toBe(21)
      copy.close()
    },
  )

  it('issues from before projects are kept, in none, and no list has to pass their long texts to see that', () => {
    const old = opened({ migrations: olderMigrations(5) })
    const before =
      'id, number, status, open, archived, priority, due_date, author_id, created_at, updated_at, comments, title, description'
    old.client.exec(
      `INSERT INTO issues (${before}) VALUES (1, 7, 'open', 1, 0, 2, '2026-11-30', 3, 4, 5, 6, 'Kept', 'A long text')`,
    )
    const kept = old.client.prepare(`SELECT ${before} FROM issues`).all()
    const state = `INSERT INTO snapshots (stream_id, version, newest, place, state) VALUES (1, 50, 5, '{}', '{}')`
    old.client.exec(state)
    old.client.close()

    const { client } = opened()
    expect(client.prepare(`SELECT ${before} FROM issues WHERE project IS NULL`).all()).toEqual(kept)
    const columns = client.pragma('table_info(issues)') as { name: string }[]
    expect(columns.map(({ name }) => name).slice(-3)).toEqual(['title', 'title_order', 'description'])
    // A state that was folded without projects must not be folded on from.
    expect(client.prepare('SELECT count(*) FROM snapshots').pluck().get()).toBe(0)
    client.close()
  })

  it('conflicts from before the list of conflicts was wider are kept, and those of labels are found in what was recorded', () => {
    const database = opened()
    const options = { registry: eventRegistry(), now: Date.now, newId: uuidv7 }
    const [issueId, labelId, actorId] = [uuidv7(), uuidv7(), uuidv7()]
    const event = (type: string, data: unknown) => ({ id: uuidv7(), type, data, actorId })
    const log = openEventLog(database, options)
    log.append({ type: 'issue', id: issueId }, [
      event('created', { title: 'One', status: 'open' }),
      event('title_changed', { from: 'One', to: 'Two' }),
      event('title_changed', { from: 'One', to: 'Three' }),
    ])
    log.append({ type: 'label', id: labelId }, [
      event('label_created', { name: 'bug', colour: '#111111' }),
      event('label_renamed', { from: 'bug', to: 'defect' }),
      event('label_renamed', { from: 'bug', to: 'fault' }),
    ])
    const rows = () => opened().client.prepare('SELECT * FROM conflicts ORDER BY at, key').all()
    const whole = rows()
    expect(whole).toMatchObject([{ field: 'title' }, { field: 'name' }])
    // As the Docket before left it.
    database.client.exec(
      `DELETE FROM conflicts WHERE field = 'name';
       ALTER TABLE conflicts RENAME COLUMN stream_id TO issue_id;
       DROP INDEX events_waiting; DROP INDEX events_activity; DROP TABLE clock_jumps; DROP TABLE time_corrections; DROP TABLE corrected_times; ALTER TABLE chains DROP COLUMN last_at;
       DELETE FROM __drizzle_migrations WHERE created_at >= ${journalOf(migrations).entries[7]?.when}`,
    )
    database.client.close()

    const forward = opened()
    openEventLog(forward, options)
    expect(rows()).toEqual(whole)
    expect(rebuildProjections(forward, options).repaired).toEqual([])
    forward.client.close()
  })

  it('a current file is opened without a copy', () => {
    opened().client.close()
    opened().client.close()
    expect(readdirSync(folder)).not.toContain('backups')
  })

  it('a file of a newer Docket is refused and left as it is', () => {
    const database = opened()
    database.client
      .prepare(`INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('future', 9999999999999)`)
      .run()
    database.client.pragma('wal_checkpoint(TRUNCATE)')
    database.client.close()
    const before = readFileSync(file())
    expect(openDatabase(file())).toMatchObject({
      ok: false,
      error: { code: 'newer_version', message: expect.stringContaining('update') },
    })
    expect(readFileSync(file()).equals(before)).toBe(true)
  })

  it('a file that is no database is refused and left as it is', () => {
    writeFileSync(file(), 'not a database, whatever its name says '.repeat(100))
    const before = readFileSync(file())
    expect(openDatabase(file())).toMatchObject({ ok: false, error: { code: 'corrupt' } })
    expect(openReadDatabase(file())).toMatchObject({ ok: false, error: { code: 'corrupt' } })
    expect(readFileSync(file()).equals(before)).toBe(true)
  })

  it('commands wait for the disk, and the log is written ahead', () => {
    const { client } = opened()
    expect(client.pragma('synchronous', { simple: true })).toBe(2)
    expect(client.pragma('journal_mode', { simple: true })).toBe('wal')
    client.close()
  })

  it('there is nothing to read where there is no file', () => {
    expect(openReadDatabase(join(folder, 'nothing.db'))).toMatchObject({
      ok: false,
      error: { code: 'not_a_workspace' },
    })
  })
})
