import { startCursor } from '#contract/sync-api/wire-events.ts'
import { serverClient } from '../server/server-client.ts'

// Asks a server for everything that a client reads, one after the other, and prints what came of each: `node client-in-a-small-heap.ts URL [ROUTE]`.

const server = serverClient({ url: process.argv[2] ?? '', token: 'dkt_x', timeoutMillis: 10_000 })
const client = server.workspace('w')
const join = {
  code: 'c',
  device: { name: 'laptop' },
  member: { id: '0190a5c8-0000-7000-8000-000000000001', name: 'Ada' },
  historyId: '0190a5c8-0000-7000-8000-000000000002',
}
const asked: Record<
  string,
  () => Promise<{ readonly ok: boolean; readonly error?: { readonly code: string } }>
> = {
  join: () => server.join(join),
  hello: () => client.hello({ chains: [], cursor: startCursor }),
  pull: () => client.pull({ after: 0, mark: startCursor.mark, limit: 10, bytes: 10_000 }),
  team: () => client.team(),
  keys: () => client.keys(),
  invite: () => client.invite({}),
  digests: () => client.reportDigest({ chain: 'c', seq: 1, digest: '', events: 0 }),
  evidence: () => client.getEvidence('c', 100_000),
}
const came: Record<string, string> = {}
for (const [name, ask] of Object.entries(asked)) {
  if (process.argv[3] !== undefined && process.argv[3] !== name) continue
  const answer = await ask()
  came[name] = answer.ok ? 'taken' : (answer.error?.code ?? '')
}
if (process.argv[3] === undefined) {
  let ends = 0
  await client.nudges({
    signal: AbortSignal.timeout(10_000),
    onOpen: () => {},
    onNudge: () => {},
    onEnd: () => void ends++,
  })
  came.nudges = ends === 1 ? 'ended' : 'hears'
}
process.stdout.write(JSON.stringify(came))
await client.close()
