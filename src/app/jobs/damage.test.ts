import { readFileSync, writeFileSync } from 'node:fs'
import canonicalize from 'canonicalize'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { command } from '#core/commands.ts'
import type { Position } from '#core/values/ids.ts'
import { hashPayload, plainMetadata } from '#db/log/rows/hash-chain.ts'
import { verifyLog } from '#db/log/verify.ts'
import { openDatabase } from '#db/sqlite/open-database.ts'
import { docket } from '../../cli/testing/run-docket.ts'
import { newId } from '../commands/new-id.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'
import { logFile } from '../workspace/init-workspace.ts'

let folder: string
let remove: () => void
/** The events that the damage is done to, by position. */
let recorded: { position: number; id: string; body: string; data: string }[]

beforeEach(() => {
  ;({ folder, remove } = temporaryFolder())
  makeWorkspace(folder)
  const workspace = openedWorkspace(folder)
  const issueId = newId()
  workspace.commands.execute(command.parse({ type: 'create', issueId, title: 'Damaged' }))
  recorded = Array.from({ length: 12 }, (_, n) => {
    const body = `needle-${n}-${'abcdefgh'.repeat(8)}`
    const executed = workspace.commands.execute(
      command.parse({ type: 'comment', issueId, commentId: newId(), body }),
    )
    if (!executed.ok) throw new Error(executed.error.message)
    const [event] = executed.value.recorded
    return {
      position: event?.position ?? 0,
      id: event?.id ?? '',
      body,
      data: canonicalize(event?.data) ?? '',
    }
  })
  workspace.database.client.pragma('wal_checkpoint(TRUNCATE)')
  workspace.close()
})
afterEach(() => remove())

/** Runs statements on the file as somebody with a SQLite shell would, past the triggers. */
function tamper(...statements: readonly string[]): void {
  const opened = openDatabase(logFile(folder), { durability: 'NORMAL' })
  if (!opened.ok) throw new Error(opened.error.message)
  const { client } = opened.value
  for (const { name } of client.prepare(`SELECT name FROM sqlite_master WHERE type = 'trigger'`).all() as {
    name: string
  }[])
    client.exec(`DROP TRIGGER ${name}`)
  for (const statement of statements) client.exec(statement)
  client.close()
}

async function verify() {
  return await docket(['verify', '--workspace', folder])
}

const target = () => recorded[5] as (typeof recorded)[number]

describe('docket verify', () => {
  it('says how many events there are and that the chain is intact', async () => {
    expect(await verify()).toEqual({
      code: 0,
      stdout: expect.stringContaining('15 events, chain intact\n'),
      stderr: '',
    })
  })

  it('names the event of which one byte was flipped in the file', async () => {
    const { id, position, body } = target()
    const bytes = readFileSync(logFile(folder))
    const at = bytes.indexOf(body)
    expect(at).toBeGreaterThan(0)
    expect(bytes.indexOf(body, at + 1)).toBe(-1)
    bytes[at + 20] = (bytes[at + 20] as number) ^ 1
    writeFileSync(logFile(folder), bytes)
    const { code, stdout, stderr } = await verify()
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^docket: .*\[corrupt\]\n$/)
    expect(stderr).toContain(`event ${id} at position ${position} (DOC-1)`)
    const json = await docket(['verify', '--json', '--workspace', folder])
    expect(JSON.parse(json.stdout)).toMatchObject({
      intact: false,
      events: 15,
      problems: [{ eventId: id, position }],
    })
  })

  it.each([
    [
      'a hash was changed',
      () => `UPDATE events SET hash = randomblob(32) WHERE position = ${target().position}`,
      0,
    ],
    [
      'the actor was changed',
      () => `UPDATE events SET actor_id = actor_id + 1 WHERE position = ${target().position}`,
      0,
    ],
    [
      'the time was changed',
      () => `UPDATE events SET occurred_at = occurred_at + 1 WHERE position = ${target().position}`,
      0,
    ],
    [
      'metadata was added',
      () => `UPDATE events SET metadata = '{"triggeredBy":"import"}' WHERE position = ${target().position}`,
      0,
    ],
    ['an event was deleted', () => `DELETE FROM events WHERE position = ${target().position}`, 1],
    [
      'two payloads were swapped',
      () =>
        `UPDATE events SET data = CASE position WHEN ${target().position} THEN (SELECT data FROM events WHERE position = ${target().position + 1}) ELSE (SELECT data FROM events WHERE position = ${target().position}) END WHERE position IN (${target().position}, ${target().position + 1})`,
      0,
    ],
    [
      // The hash that an erased payload leaves behind must not vouch for another that was put in its place.
      'a payload was forged under its old hash',
      () =>
        `UPDATE events SET payload_hash = x'${hashPayload(target().data, plainMetadata)}', data = '{"body":"forged"}' WHERE position = ${target().position}`,
      0,
    ],
    [
      'two events changed places',
      () =>
        `UPDATE events SET position = 1000 WHERE position = ${target().position}; UPDATE events SET position = position - 1 WHERE position = ${target().position + 1}; UPDATE events SET position = ${target().position + 1} WHERE position = 1000`,
      1,
    ],
  ] as const)('names the first event that does not fit where %s', async (_, statement, offset) => {
    const named = recorded[5 + offset]
    tamper(statement())
    const { code, stderr } = await verify()
    expect(code).toBe(1)
    expect(stderr).toContain(`event ${named?.id}`)
  })

  it.each([
    [
      'got another place among the events of its issue',
      'stream_version = stream_version + 100',
      'its stream',
    ],
    ['passes for a copy of another event', 'copy = 1', 'copy'],
    ['passes for one that another replica recorded', 'origin = 2', 'came here'],
    ['passes for one that came in no way there is', 'origin = 7', 'came here'],
  ])('names an event that %s, which its hash does not cover', (_, change, reason) => {
    tamper(`UPDATE events SET ${change} WHERE position = ${target().position}`)
    const workspace = openedWorkspace(folder)
    expect(verifyLog(workspace.database).problems).toMatchObject([
      { eventId: target().id, reason: expect.stringContaining(reason) },
    ])
    workspace.close()
  })

  it('goes by the type whether feeds show an event, whatever the column says that once did', () => {
    const shown = () => {
      const workspace = openedWorkspace(folder)
      const page = workspace.feed.page({ kind: 'workspace' }, { limit: 50 })
      const { problems } = verifyLog(workspace.database)
      workspace.close()
      return { ids: page.map(({ event }) => event.id), problems }
    }
    const before = shown()
    expect(before.ids).toContain(target().id)
    tamper('UPDATE events SET quiet = 1 - quiet')
    expect(shown()).toEqual({ ids: before.ids, problems: [] })
  })

  it('names an imported event that passes for a change made here, and another replica’s that does', () => {
    const workspace = openedWorkspace(folder)
    const [from] = workspace.log.readAll(0 as Position, 1)
    const imported = newId()
    workspace.log.importStreams([
      {
        streamType: 'issue',
        streamId: newId(),
        events: [
          {
            id: imported,
            type: 'created',
            data: { title: 'From elsewhere', status: 'open' },
            actorId: from?.actorId ?? '',
            occurredAt: 1_000,
            metadata: { triggeredBy: 'import' },
          },
        ],
      },
    ])
    expect(verifyLog(workspace.database).problems).toEqual([])
    workspace.close()
    tamper(`UPDATE events SET origin = 0`)
    const changed = openedWorkspace(folder)
    expect(verifyLog(changed.database).problems).toMatchObject([{ eventId: imported }])
    changed.close()
    tamper(`UPDATE chains SET ours = 0, own = 0`)
    const foreign = openedWorkspace(folder)
    expect(verifyLog(foreign.database).problems).toMatchObject([{ position: 1 }])
    foreign.close()
  })

  it('says how many are missing where the last events were cut off', async () => {
    tamper('DELETE FROM events WHERE position > 12')
    const { code, stderr } = await verify()
    expect(code).toBe(1)
    expect(stderr).toContain('the last 3 event(s)')
  })

  it.each([
    ['the end of the chain was replaced', 'UPDATE chains SET last_hash = randomblob(32)', 'was replaced'],
    [
      'an event was added past Docket',
      'UPDATE chains SET last_seq = last_seq - 1, last_hash = (SELECT hash FROM events WHERE position = 14)',
      'added past Docket',
    ],
  ])('says where %s', async (_, statement, reason) => {
    tamper(statement)
    const { code, stderr } = await verify()
    expect(code).toBe(1)
    expect(stderr).toContain(`event ${recorded.at(-1)?.id}`)
    expect(stderr).toContain(reason)
  })

  it('holds for a payload that was erased by law', async () => {
    const opened = openDatabase(logFile(folder))
    if (!opened.ok) throw new Error(opened.error.message)
    opened.value.client.exec(
      `UPDATE events SET payload_hash = x'${hashPayload(target().data, plainMetadata)}', data = NULL, metadata = NULL WHERE position = ${target().position}`,
    )
    opened.value.client.close()
    expect(await docket(['rebuild', '--workspace', folder])).toMatchObject({ code: 0 })
    expect(await verify()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('15 events, chain intact\n'),
    })
  })

  it('finds nothing wrong while somebody else goes on writing', () => {
    const workspace = openedWorkspace(folder)
    const issueId = newId()
    const write = (type: string, more: object) =>
      workspace.commands.execute(command.parse({ type, issueId, ...more }))
    write('create', { title: 'Meanwhile' })
    const reader = openedWorkspace(folder)
    let written = 0
    // The report of progress stands between the reading of the events and that of the heads.
    const report = verifyLog(reader.database, {
      onProgress: () => {
        if (written++ < 2) write('comment', { commentId: newId(), body: 'In between' })
      },
    })
    expect(report.problems).toEqual([])
    expect(written).toBeGreaterThan(0)
    reader.close()
    workspace.close()
  })
})

describe('docket rebuild', () => {
  it('mends a projection that somebody changed, says so, and finds nothing to mend the next time', async () => {
    tamper(`UPDATE issues SET title = 'Forged', comments = 99`)
    const first = JSON.parse((await docket(['rebuild', '--json', '--workspace', folder])).stdout)
    expect(first).toMatchObject({ identical: false, events: 15, issues: 1 })
    const second = JSON.parse((await docket(['rebuild', '--json', '--workspace', folder])).stdout)
    expect(second).toMatchObject({ identical: true, before: first.after, after: first.after })
    expect(
      JSON.parse((await docket(['list', '--json', '--workspace', folder])).stdout).issues[0],
    ).toMatchObject({ title: 'Damaged', comments: 12 })
  })
})
