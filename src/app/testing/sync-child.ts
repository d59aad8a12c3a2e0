import { writeSync } from 'node:fs'
import fc from 'fast-check'
import { command } from '#core/commands.ts'
import { chainReader } from '#db/log/read/chain-reader.ts'
import { issues } from '#db/schema.ts'
import { inboxDatabaseFile, openInboxDatabase } from '#inboxes/store/open-store.ts'
import { syncMemory } from '#inboxes/store/sync-memory.ts'
import { syncRound } from '#inboxes/sync/round/sync-round.ts'
import { serverClient } from '#inboxes/sync/server/server-client.ts'
import { openWorkspace } from '../workspace/workspace.ts'
import { anyCommandInput, commandsOf, type Wished } from './random-commands.ts'

// Works on a shared workspace until it is killed: random commands, and a round of sync every few. Says each recorded event's id once the command
// has returned. With a count of 0 commands it makes rounds until one moves nothing, and ends.
const [, , folder = '', url = '', token = '', workspaceId = '', seed = '1', count = '0'] = process.argv
const opened = openWorkspace(folder)
const inboxDatabase = openInboxDatabase(inboxDatabaseFile(folder))
if (!opened.ok || !inboxDatabase.ok) throw new Error('the workspace can not be opened')
const { log, database, commands, me } = opened.value
const client = serverClient({ url, token, timeoutMillis: 5_000 }).workspace(workspaceId)
const memory = syncMemory(inboxDatabase.value)

function round() {
  return syncRound({
    server: client,
    chains: chainReader(database, log.streamIds),
    memory,
    receive: async (arrivals) => ({ ok: true, value: log.receive(arrivals) }),
    forkChain: async (fork) => {
      log.forkChain(fork)
      return { ok: true, value: null }
    },
    seal: (event) => ({ ok: true, value: event }),
    open: (event) => ({ ok: true, value: event }),
  })
}

const wishes = fc.sample(anyCommandInput, { numRuns: Number(count), seed: Number(seed) })
for (const [n, wish] of wishes.entries()) {
  const known = database.orm.select({ id: issues.id }).from(issues).all()
  const wished: Wished = { issues: known.map(({ id }) => log.streamIds.stream(id).uuid), comments: [] }
  for (const wanted of commandsOf(wish, wished, { me })) {
    const executed = commands.execute(command.parse(wanted))
    // Written at once, past every buffer: what was said is what the parent counts on.
    if (executed.ok) for (const event of executed.value.recorded) writeSync(1, `${event.id}\n`)
  }
  // The server may be dead just now: the next round goes on.
  if (n % 5 === 4) await round()
}
if (wishes.length === 0)
  for (let quiet = 0; quiet < 2; ) {
    const done = await round()
    if (!done.ok) throw new Error(`${done.error.code}: ${done.error.message}`)
    quiet = done.value.pushed + done.value.pulled === 0 ? quiet + 1 : 0
  }
await client.close()
opened.value.close()
inboxDatabase.value.client.close()
