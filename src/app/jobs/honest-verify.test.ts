import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { command } from '#core/commands.ts'
import { openDatabase } from '#db/sqlite/open-database.ts'
import { docket } from '../../cli/testing/run-docket.ts'
import { newId } from '../commands/new-id.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'
import { anchorOf } from '../workspace/anchor.ts'
import { logFile } from '../workspace/init-workspace.ts'
import { runVerify } from './run-verify.ts'

let folder: string
let remove: () => void
const issueId = newId()

function run(...wishes: readonly object[]): void {
  const workspace = openedWorkspace(folder)
  for (const wish of wishes) {
    const executed = workspace.commands.execute(command.parse(wish))
    if (!executed.ok) throw new Error(executed.error.message)
  }
  while (workspace.projections.step(500));
  workspace.close()
}
const comment = (body: string) => ({ type: 'comment', issueId, commentId: newId(), body })

function verified() {
  const workspace = openedWorkspace(folder)
  try {
    return runVerify(workspace, {})
  } finally {
    workspace.close()
  }
}

/** Runs statements on the file as somebody with a SQLite shell would. */
function tamper(...statements: readonly string[]): void {
  const opened = openDatabase(logFile(folder), { durability: 'NORMAL' })
  if (!opened.ok) throw new Error(opened.error.message)
  for (const statement of statements) opened.value.client.exec(statement)
  opened.value.client.pragma('wal_checkpoint(TRUNCATE)')
  opened.value.client.close()
}

const dropTriggers = ['events_never_changed', 'events_never_deleted'].map((name) => `DROP TRIGGER ${name}`)

beforeEach(() => {
  ;({ folder, remove } = temporaryFolder())
  makeWorkspace(folder)
  const labelId = newId()
  run(
    { type: 'create_label', labelId, name: 'bug' },
    { type: 'rename_workspace', name: 'Ours' },
    { type: 'create', issueId, title: 'One', labels: [labelId], description: 'needle' },
    ...Array.from({ length: 60 }, (_, n) => comment(`hello ${n}`)),
    { type: 'transition', issueId, transition: 'start' },
  )
})
afterEach(() => remove())

describe('verify', () => {
  it('finds nothing wrong with what Docket wrote', () => {
    expect(verified()).toMatchObject({
      problems: [],
      damage: null,
      schema: [],
      projections: [],
      forgotten: [],
      findings: [],
    })
  })

  it.each([
    ['issues', "UPDATE issues SET title = 'Two'"],
    ['issues', 'UPDATE issues SET updated_at = updated_at + 1'],
    ['issue_labels', 'DELETE FROM issue_labels'],
    ['labels', "UPDATE labels SET name = 'bag'"],
    ['members', "INSERT INTO members (id, name, handle) VALUES (99, 'Nobody', 'nobody')"],
    ['issue_counts', 'UPDATE issue_counts SET count = count + 1'],
    ['activity', 'DELETE FROM activity WHERE actor_id = 0'],
    ['snapshots', `UPDATE snapshots SET state = replace(state, '"One"', '"Two"')`],
    ['snapshots', 'UPDATE snapshots SET newest = 0'],
    ['search', 'DELETE FROM search WHERE rowid = (SELECT min(id) FROM search_docsize)'],
    ['search', "INSERT INTO search (rowid, title, body) VALUES (9999, 'zebra', '')"],
    ['workspace', "UPDATE settings SET value = 'Theirs' WHERE name = 'workspace.name'"],
    ['superseded_events', 'INSERT INTO superseded_events (position) VALUES (3)'],
    ['repeated_events', 'INSERT INTO repeated_events (position) VALUES (3)'],
    ['corrected_times', 'INSERT INTO corrected_times VALUES (3, 5, 1, 1)'],
    [
      'conflicts',
      "INSERT INTO conflicts (stream_id, key, field, lost, won, at) VALUES (1, 'a', 'title', 1, 2, 3)",
    ],
  ])('names the projection %s where it is not what the events come to: %s', (projection, statement) => {
    tamper(statement)
    const { problems, projections, findings } = verified()
    expect(problems).toEqual([])
    expect(projections?.map((problem) => problem.projection)).toContain(projection)
    expect(findings.join()).toContain('docket rebuild')
  })

  it('says so where what keeps events from change is gone or says something else', () => {
    tamper(
      'DROP TRIGGER events_never_deleted',
      'DROP TRIGGER events_never_changed',
      "CREATE TRIGGER events_never_changed BEFORE UPDATE ON events WHEN 0 BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    const { schema } = verified()
    expect(schema).toEqual([
      'the trigger events_never_changed was changed',
      'the trigger events_never_deleted is missing',
    ])
  })

  it('says so where an index was dropped, or one of somebody’s own changes what is asked', () => {
    tamper('DROP INDEX events_feed', 'CREATE TABLE mine (id integer)')
    expect(verified().schema).toEqual(['the index events_feed is missing', 'the table mine is not Docket’s'])
  })

  it('tells by what this computer saw that an older copy was put in place, which the file itself does not', async () => {
    const older = join(folder, 'older.db')
    copyFileSync(logFile(folder), older)
    run(comment('a'), comment('b'), comment('c'))
    expect(verified().forgotten).toEqual([])
    copyFileSync(older, logFile(folder))
    for (const end of ['-wal', '-shm']) rmSync(`${logFile(folder)}${end}`, { force: true })

    const { problems, projections, findings } = verified()
    expect({ problems, projections }).toEqual({ problems: [], projections: [] })
    expect(findings).toEqual([expect.stringContaining('This copy is 3 events older than what this computer')])
    // Going on does not hide it.
    run(comment('d'))
    expect(verified().findings).toEqual([expect.stringContaining('2 events older')])
    const env = { XDG_CONFIG_HOME: process.env.XDG_CONFIG_HOME ?? '' }
    const said = await docket(['verify', '--workspace', folder], { env })
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('2 events older') })
    expect(await docket(['verify', '--accept', '--workspace', folder], { env })).toMatchObject({ code: 0 })
    expect(verified().findings).toEqual([])
  })

  it('tells where the end of a chain was cut off together with the note of where it ended', () => {
    tamper(
      ...dropTriggers,
      'DELETE FROM events WHERE position > (SELECT max(position) - 3 FROM events)',
      'UPDATE chains SET last_seq = last_seq - 3, last_hash = (SELECT hash FROM events ORDER BY position DESC LIMIT 1)',
    )
    const { problems, findings } = verified()
    expect(problems).toEqual([])
    expect(findings.join()).toContain('3 events older')
  })

  it('tells where the end was written anew', () => {
    run(comment('told'))
    const seen = openedWorkspace(folder)
    const position = seen.log.position()
    seen.close()
    tamper(
      ...dropTriggers,
      `DELETE FROM events WHERE position = ${position}`,
      'UPDATE chains SET last_seq = last_seq - 1, last_hash = (SELECT hash FROM events ORDER BY position DESC LIMIT 1)',
    )
    run(comment('told otherwise'))
    expect(verified().findings.join()).toContain('its history was written anew')
  })

  it('keeps what this computer saw outside of the folder, and works without', () => {
    const workspace = openedWorkspace(folder)
    rmSync(join(process.env.XDG_CONFIG_HOME ?? '', 'docket', 'anchors'), { recursive: true, force: true })
    expect(anchorOf(workspace).forgotten()).toEqual([])
    workspace.close()
    expect(existsSync(join(folder, 'anchors'))).toBe(false)
    expect(verified().findings).toEqual([])
  })
})
