import { afterEach, expect, it } from 'vitest'
import { newId } from '#app/commands/new-id.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { logFile } from '#app/workspace/init-workspace.ts'
import { command } from '#core/commands.ts'
import { eventRegistry } from '#core/event-registry.ts'
import { correctedTimesOf } from '#db/log/rows/corrected-times.ts'
import { openEventLog } from '#db/projections/event-log.ts'
import { openReadDatabase } from '#db/sqlite/open-database.ts'
import { logReader } from '../../log/log-reader.ts'
import { logWorkspace } from '../../log/log-workspace.ts'
import { timeRules } from './time-rules.ts'

const day = 86_400_000
const cleanups: (() => void)[] = []
afterEach(() => {
  for (const clean of cleanups.splice(0).reverse()) clean()
})

/** Events of issues that a correction moves; 10,000 with `DOCKET_TEST_LONG`. */
const count = process.env.DOCKET_TEST_LONG ? 10_000 : 500

it(`correcting ${count} events sets no rule off, whatever time it puts them at`, () => {
  const { folder, remove } = temporaryFolder()
  cleanups.push(remove)
  makeWorkspace(folder)
  const workspace = openedWorkspace(folder)
  cleanups.push(() => workspace.close())
  const rules = [
    { name: 'Idle', when: { kind: 'idle', days: 14 }, query: '' },
    { name: 'Due and old', when: { kind: 'due_in', days: 1 }, query: 'updated:>30d' },
  ]
  for (const rule of rules)
    workspace.commands.execute(
      command.parse({
        type: 'add_rule',
        ruleId: newId(),
        rule: { ...rule, then: [{ type: 'comment', body: 'Well?' }] },
      }),
    )
  const { log, me } = workspace
  const from = log.position() + 1
  const due = new Date(Date.now()).toISOString().slice(0, 10)
  log.transact(() => {
    for (let n = 0; n < count / 2; n++) {
      const issue = { type: 'issue', id: newId() } as const
      log.append(issue, [
        {
          id: newId(),
          type: 'created',
          data: { title: `Issue ${n}`, status: 'open', dueDate: due },
          actorId: me.memberId,
        },
        { id: newId(), type: 'commented', data: { commentId: newId(), body: 'Hello' }, actorId: me.memberId },
      ])
    }
  })
  const reading = openReadDatabase(logFile(folder))
  if (!reading.ok) throw new Error(reading.error.message)
  cleanups.push(() => reading.value.client.close())
  /** What a worker that starts now finds. */
  const occasions = () => {
    correctedTimesOf(reading.value).refresh()
    const workspace = logWorkspace(reading.value, logReader(reading.value), { ...me })
    return timeRules()({
      workspace,
      now: () => Date.now(),
      evaluations: {
        isFirst: () => false,
        passed: () => {},
        held: () => false,
        keep: () => {},
        arrivedAt: () => undefined,
      },
      isKnown: () => false,
    }).length
  }
  expect(occasions()).toBe(0)

  const chain = log.readAll((from - 1) as never, 1)[0]
  const started = performance.now()
  const corrected = workspace.commands.execute(
    command.parse({
      type: 'correct_times',
      chain: chain?.replicaId,
      fromSeq: chain?.replicaSeq,
      toSeq: (chain?.replicaSeq ?? 0) + count - 1,
      byMillis: -60 * day,
    }),
  )
  console.log(
    `corrected ${count} events of ${count / 2} issues in ${Math.round(performance.now() - started)} ms`,
  )
  expect(corrected).toMatchObject({ ok: true })
  // A large one has its effect in pieces: no rule is set off between two of them either.
  expect(occasions()).toBe(0)
  while (workspace.projections.step(500));
  expect(workspace.database.client.prepare('SELECT count(*) FROM corrected_times').pluck().get()).toBe(count)
  expect(workspace.database.client.prepare('SELECT max(updated_at) FROM issues').pluck().get()).toBeLessThan(
    Date.now() - 59 * day,
  )
  expect(occasions()).toBe(0)
  // Another log on the same file agrees, and what inboxes are handed has the time that was recorded.
  const other = openEventLog(workspace.database, { registry: eventRegistry(), now: Date.now, newId })
  const [seen] = other.readAll((from - 1) as never, 1)
  expect(seen?.occurredAt).toBeLessThan(Date.now() - 59 * day)
  expect(logReader(reading.value).event(seen?.id ?? '')?.occurredAt).toBe(seen?.recordedAt)
})
