import { spawn } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { command } from '#core/commands.ts'
import { eventRegistry } from '#core/event-registry.ts'
import { verifyLog } from '#db/log/verify.ts'
import { projectionProblems } from '#db/projections/verify-projections.ts'
import { stateDigests } from '#db/queries/state-digest.ts'
import { newId } from '../commands/new-id.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'
import { logFile } from './init-workspace.ts'

const day = 86_400_000
/** Events that a correction moves; as many as one may with `DOCKET_TEST_LONG`. */
const count = process.env.DOCKET_TEST_LONG ? 10_000 : 2_000
const kills = 4
/** Each kill is a process of its own: on a busy machine that takes its time, in milliseconds. */
const patience = 300_000
const seed = Number(process.env.DOCKET_TEST_SEED ?? Date.now() % 1_000_000)

let root: string
let remove: () => void
beforeEach(() => {
  const made = temporaryFolder()
  root = made.folder
  remove = made.remove
})
afterEach(() => remove())

/** The n-th number of a repeatable row, 0 to 1. */
function random(n: number): number {
  const x = Math.sin(seed + n * 12.9898) * 43_758.5453
  return x - Math.floor(x)
}

/** A workspace with many wrong times and the correction of all of them, which has its effect on the first few alone. */
function correctedWorkspace(folder: string): void {
  makeWorkspace(folder)
  const workspace = openedWorkspace(folder)
  const { log, me, commands, projections } = workspace
  const first = log.position() + 1
  log.transact(() => {
    for (let n = 0; n < count / 4; n++) {
      const actorId = me.memberId
      const comment = () => ({
        id: newId(),
        type: 'commented',
        data: { commentId: newId(), body: `Of ${n}` },
        actorId,
      })
      const created = { id: newId(), type: 'created', data: { title: `Issue ${n}`, status: 'open' }, actorId }
      log.append({ type: 'issue', id: newId() }, [created, comment(), comment(), comment()])
    }
  })
  while (projections.step(500));
  const [event] = log.readAll((first - 1) as never, 1)
  const fromSeq = event?.replicaSeq ?? 0
  const corrected = commands.execute(
    command.parse({
      type: 'correct_times',
      chain: event?.replicaId,
      fromSeq,
      toSeq: fromSeq + count - 1,
      byMillis: -60 * day,
    }),
  )
  expect(corrected).toMatchObject({ ok: true })
  expect(log.corrections.pending()).toBe(true)
  workspace.close()
}

/** Has a service of its own go on with it, and kills that (-9) once so many events have their times. @returns what it said last. */
async function goesOn(folder: string, until = Number.POSITIVE_INFINITY): Promise<string> {
  const entry = fileURLToPath(new URL('../testing/correcting-child.ts', import.meta.url))
  const child = spawn(process.execPath, [entry, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (Number(said.trim().split('\n').at(-1)) >= until) child.kill('SIGKILL')
  })
  await new Promise((resolve) => child.on('close', resolve))
  return said.trim().split('\n').at(-1) ?? ''
}

/** What a workspace comes to, once it is found to be whole. */
function state(folder: string) {
  expect(projectionProblems(logFile(folder), { registry: eventRegistry() })).toEqual([])
  const workspace = openedWorkspace(folder)
  try {
    expect(verifyLog(workspace.database).problems).toEqual([])
    const moved = workspace.database.client.prepare('SELECT count(*) FROM corrected_times').pluck().get()
    return {
      pending: workspace.log.corrections.pending(),
      moved: Number(moved),
      digest: stateDigests(workspace.database).now().digest,
    }
  } finally {
    workspace.close()
  }
}

it(`killed ${kills} times (-9) while the correction of ${count} events takes effect (seed ${seed}), it comes to the same as where nobody was killed`, {
  timeout: patience,
}, async () => {
  const [folder, undisturbed] = [join(root, 'killed'), join(root, 'undisturbed')] as const
  correctedWorkspace(folder)
  cpSync(folder, undisturbed, { recursive: true })

  let before = state(folder).moved
  expect(before).toBeLessThan(100)
  for (let kill = 0; kill < kills; kill++) {
    const part = (count - before) / (kills - kill + 1)
    await goesOn(folder, before + 1 + part * random(kill))
    // Whole in between, and further than before.
    const { pending, moved } = state(folder)
    expect(pending).toBe(true)
    expect(moved).toBeGreaterThan(before)
    before = moved
  }
  expect(await goesOn(folder)).toMatch(/^through /)
  console.log(await goesOn(undisturbed))
  const end = state(undisturbed)
  expect(end).toMatchObject({ pending: false, moved: count })
  expect(state(folder)).toEqual(end)
})
