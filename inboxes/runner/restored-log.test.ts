import { copyFileSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { eventRegistry } from '#core/event-registry.ts'
import { rebuildProjections } from '#db/projections/rebuild.ts'
import { openDatabase } from '#db/sqlite/open-database.ts'
import { inAppInbox } from '../builtin/notifications/in-app.ts'
import { type DeliveringInbox, delivered } from '../contract/inbox.ts'
import { idOf } from '../testing/made-events.ts'
import { runningInboxes } from '../testing/running.ts'

type World = ReturnType<typeof runningInboxes>
let worlds: World[] = []
function world(folder?: string): World {
  const made = runningInboxes(folder)
  worlds.push(made)
  return made
}
beforeEach(() => {
  worlds = []
})
afterEach(async () => {
  for (const each of worlds) await each.close()
})

/** An inbox that keeps the ids of the events that it was handed. */
function listening(name: string, heard: string[]): DeliveringInbox {
  return {
    name,
    title: name,
    about: '',
    scope: 'own',
    onByDefault: true,
    settings: z.object({}),
    form: [],
    shouldProcess: ({ type }) => type === 'commented',
    async handle({ event }) {
      heard.push(event.id)
      return delivered()
    },
  }
}

/** A folder with the log as it is now; `finish` puts the delivery store beside it as that is by then. */
function backUp(from: World): { readonly folder: string; finish(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'docket-restored-'))
  const copy = (name: string): void => {
    const opened = openDatabase(join(from.folder, name), {})
    if (!opened.ok) throw new Error(opened.error.message)
    opened.value.client.exec(`VACUUM INTO '${join(folder, name)}'`)
    opened.value.client.close()
  }
  copy('log.db')
  return {
    folder,
    finish() {
      from.inboxDatabase.client.pragma('wal_checkpoint(TRUNCATE)')
      copyFileSync(join(from.folder, 'inboxes.db'), join(folder, 'inboxes.db'))
    },
  }
}

const notes = ({ inboxDatabase }: World): unknown[] =>
  inboxDatabase.client.prepare('SELECT note FROM inboxes WHERE note IS NOT NULL').pluck().all()

describe('a log that was put back from a backup', () => {
  it.each([
    ['still shorter than what the inboxes had read', 0],
    ['grown past what the inboxes had read before they ran again', 30],
  ])(
    '%s: what is recorded from then on is handled, what it holds is not, and that is told',
    async (_, grown) => {
      const heard: string[] = []
      const before = world()
      const running = before.run([listening('one', heard)])
      const issue = before.issue(3)
      await running.drain()
      const backup = backUp(before)
      before.issue(10)
      await running.drain()
      await running.stop()
      expect(heard).toHaveLength(13)
      backup.finish()

      heard.length = 0
      const after = world(backup.folder)
      after.issue(grown)
      const again = after.run([listening('one', heard), listening('two', heard)])
      await again.drain()
      expect(heard).toEqual([])
      expect(notes(after)).toEqual([expect.stringMatching(/The log was replaced.*15 events/)])
      const recorded = after.comment(issue, 'Since then')
      await again.drain()
      expect(heard).toEqual([recorded, recorded])
      await again.stop()

      // The checkpoint is one of this log by now.
      await after.run([listening('one', heard)]).drain()
      expect(heard).toHaveLength(2)
    },
  )

  it('is found under a runner that is at work, where it was put back in place', async () => {
    const heard: string[] = []
    const here = world()
    const running = here.run([listening('one', heard)])
    const issue = here.issue(2)
    const backup = backUp(here)
    here.issue(4)
    await running.drain()
    const from = new Sqlite(join(backup.folder, 'log.db'))
    await from.backup(join(here.folder, 'log.db'))
    from.close()
    running.wake()
    await expect.poll(() => here.deliveryStore.inboxes()[0]?.position).toBe(3)
    expect(notes(here)).toHaveLength(1)
    heard.length = 0
    const recorded = here.comment(issue, 'More')
    await running.drain()
    expect(heard).toEqual([recorded])
  })

  it('keeps no notice from coming: those of its issues stand where it has them', async () => {
    const grace = idOf(0xa2)
    const before = world()
    const running = before.run([inAppInbox])
    const issue = before.issue(0)
    before.comment(issue, 'Hello', grace)
    const kept = before.issue(0)
    before.comment(kept, 'Kept', grace)
    await running.drain()
    const backup = backUp(before)
    for (let n = 0; n < 20; n++) before.comment(issue, `Comment ${n}`, grace)
    await running.drain()
    await running.stop()
    backup.finish()

    const after = world(backup.folder)
    const again = after.run([inAppInbox])
    // What was lost with the log can't be shown, so it does not count.
    expect(after.notices.unread()).toBe(1)
    const latest = after.comment(issue, 'Since then', grace)
    await again.drain()
    expect(after.notices.list('inbox', 10).map(({ latestEventId }) => latestEventId)[0]).toBe(latest)
    expect(after.notices.unread()).toBe(2)
  })
})

it('a rebuild of the log’s projections moves no checkpoint', async () => {
  const heard: string[] = []
  const here = world()
  const running = here.run([listening('one', heard)])
  const issue = here.issue(5)
  await running.drain()
  const opened = openDatabase(join(here.folder, 'log.db'), {})
  if (!opened.ok) throw new Error(opened.error.message)
  rebuildProjections(opened.value, { registry: eventRegistry(), newId: () => idOf(1) })
  opened.value.client.close()
  running.refresh()
  const recorded = here.comment(issue, 'After')
  await running.drain()
  expect(heard).toHaveLength(6)
  expect(heard.at(-1)).toBe(recorded)
  expect(notes(here)).toEqual([])
})
