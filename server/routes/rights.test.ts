import { v7 as uuidv7 } from 'uuid'
import { expect, it } from 'vitest'
import { protocolHeader } from '#contract/sync-api/protocol.ts'
import { routeTo, type SyncRoute, syncRoutes } from '#contract/sync-api/routes.ts'
import { startCursor } from '#contract/sync-api/wire-events.ts'
import { type Around, onBothDatabases, type Person } from '../testing/both-databases.ts'
import { madeChain } from '../testing/made-chain.ts'

/** Everybody who may knock. `none`, `unknown` and `removed` have no token that is known (any more). */
const kinds = ['none', 'unknown', 'removed', 'stranger', 'reader', 'member', 'owner'] as const
type Kind = (typeof kinds)[number]

/** Whom a request is about: what is the caller's own, or somebody else's. */
const whose = ['other', 'own'] as const
type Whose = (typeof whose)[number]

/** What the rights of a declaration come to. A new kind of right does not compile until it says who has it. */
const allowed: Record<SyncRoute['rights'], (kind: Kind, about: Whose) => boolean> = {
  invite: () => true,
  reader: (kind) => ['reader', 'member', 'owner'].includes(kind),
  'reader, for one’s own copy': (kind, about) =>
    about === 'own' && ['reader', 'member', 'owner'].includes(kind),
  member: (kind) => ['member', 'owner'].includes(kind),
  owner: (kind) => kind === 'owner',
  'owner, or one’s own device': (kind, about) =>
    kind === 'owner' || (about === 'own' && ['reader', 'member'].includes(kind)),
}

/** How somebody is refused to whom the declaration says no. */
const refusals: Record<Kind, readonly [number, string]> = {
  none: [401, 'unauthorized'],
  unknown: [401, 'unauthorized'],
  removed: [401, 'unauthorized'],
  stranger: [404, 'unknown_workspace'],
  reader: [403, 'forbidden'],
  member: [403, 'forbidden'],
  owner: [403, 'forbidden'],
}

type Situation = {
  readonly around: Around
  readonly workspaceId: string
  readonly owner: Person
  /** Who calls; the owner where the caller is nobody. */
  readonly caller: Person
  /** Of whom the request speaks: the caller, or a member who is somebody else. */
  subject(): Promise<Person>
}
type Sent = {
  readonly params?: Readonly<Record<string, string | number>>
  readonly query?: string
  readonly body?: unknown
}

const digestOf = ({ joined }: Person) => ({
  chain: joined.deviceId,
  seq: 0,
  digest: 'a'.repeat(64),
  events: 0,
})

async function layOpen(person: Person): Promise<string> {
  const { deviceId } = person.joined
  await person.ask('/digests', { body: digestOf(person) })
  expect((await person.ask(`/evidence/${deviceId}`, { method: 'PUT', body: 'a trail' })).status).toBe(200)
  return deviceId
}

/** What each route is asked, so that whoever has the right is answered. */
const requests: Record<string, (situation: Situation) => Sent | Promise<Sent>> = {
  join: async ({ around, workspaceId }) => {
    const { code } = await around.server.admin.invite(workspaceId)
    const member = { id: uuidv7(), name: 'Ben' }
    return { body: { code, device: { name: 'Laptop' }, member, historyId: uuidv7() } }
  },
  hello: () => ({ body: { chains: [], cursor: startCursor } }),
  push: ({ caller }) => {
    const chain = madeChain(caller.joined.member.id)
    chain.add({ number: 1 })
    return { body: chain.after(0) }
  },
  pull: () => ({ query: `?after=0&mark=${startCursor.mark}` }),
  nudges: () => ({}),
  chainPlace: async ({ owner }) => {
    owner.chain.add({ number: 1 })
    expect((await owner.push(owner.chain.after(0))).status).toBe(200)
    return { params: { chain: owner.chain.replicaId, seq: 1 } }
  },
  team: () => ({}),
  invite: async ({ subject }) => ({ body: { memberId: (await subject()).joined.member.id } }),
  withdrawInvite: async ({ around, workspaceId }) => ({
    params: { invite: (await around.server.admin.invite(workspaceId)).id },
  }),
  changeRole: async ({ subject }) => ({
    params: { member: (await subject()).joined.member.id },
    body: { role: 'reader' },
  }),
  removeMember: async ({ subject }) => ({ params: { member: (await subject()).joined.member.id } }),
  revokeDevice: async ({ subject }) => ({ params: { device: (await subject()).joined.deviceId } }),
  keys: () => ({}),
  newKey: () => ({ body: { key: 1, boxes: [] } }),
  reportDigest: async ({ subject }) => ({ body: digestOf(await subject()) }),
  putEvidence: async ({ subject }) => {
    const of = await subject()
    await of.ask('/digests', { body: digestOf(of) })
    return { params: { chain: of.joined.deviceId }, body: 'a trail' }
  },
  getEvidence: async ({ owner }) => ({ params: { chain: await layOpen(owner) } }),
}

/** Somebody of that kind, and what they call with. */
async function callerOf(
  kind: Kind,
  { around, owner, invite }: { around: Around } & Awaited<ReturnType<Around['team']>>,
): Promise<{ readonly caller: Person; readonly token: string | undefined }> {
  const has = (caller: Person) => ({ caller, token: caller.joined.token })
  if (kind === 'none') return { caller: owner, token: undefined }
  if (kind === 'unknown') return { caller: owner, token: `${owner.joined.token.slice(0, -4)}AAAA` }
  if (kind === 'stranger') return has((await around.team()).owner)
  if (kind === 'owner') return has(owner)
  if (kind !== 'removed') return has(await invite(kind))
  const former = await invite('owner')
  const removed = await owner.ask(`/members/${former.joined.member.id}`, { method: 'DELETE' })
  expect(removed.status).toBe(200)
  return has(former)
}

/** What the server answers: the stream of nudges is let go as soon as it is answered. */
async function answerOf(
  url: string,
  { method, token, body }: { method: string; token: string | undefined; body: unknown },
): Promise<{ readonly status: number; readonly body: unknown }> {
  const ending = new AbortController()
  const response = await fetch(url, {
    method,
    signal: ending.signal,
    headers: {
      [protocolHeader]: '1',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(typeof body === 'object' ? { 'content-type': 'application/json' } : {}),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const { status, headers } = response
  const isJson = headers.get('content-type')?.startsWith('application/json')
  const answered = { status, body: isJson ? ((await response.json()) as unknown) : undefined }
  ending.abort()
  return answered
}

it('has a request for every declared route, and for no other', () => {
  expect(Object.keys(requests).sort()).toEqual(Object.keys(syncRoutes).sort())
})

onBothDatabases('rights of the declared routes', (around) => {
  it.each(Object.entries<SyncRoute>(syncRoutes))(
    '%s is for those alone whom its declaration names',
    async (name, route) => {
      const request = requests[name]
      if (!request) throw new Error(`${name} has no request here.`)
      const team = await around().team()
      const { workspaceId, owner } = team
      for (const kind of kinds) {
        const { caller, token } = await callerOf(kind, { around: around(), ...team })
        // What is one's own comes last: with its own device a caller ends.
        for (const about of route.rights.includes('own ') ? whose : (['other'] as const)) {
          const subject = async () => (about === 'own' ? caller : team.invite())
          const sent = await request({ around: around(), workspaceId, owner, caller, subject })
          const { method, path } = routeTo(route, { workspace: workspaceId, ...sent.params } as never)
          const url = `${around().server.url}${path}${sent.query ?? ''}`
          const answer = await answerOf(url, { method, token, body: sent.body })
          const named = `${name} (${route.rights}), asked by ${kind} about ${about}`
          if (allowed[route.rights](kind, about)) {
            expect(answer.status, `${named}: ${JSON.stringify(answer.body)}`).toBe(route.status ?? 200)
            if (route.answer && !route.media)
              expect(route.answer.safeParse(answer.body).error).toBeUndefined()
          } else {
            const [status, code] = refusals[kind]
            expect(answer, named).toMatchObject({ status, body: { error: { code } } })
          }
        }
      }
    },
  )
})

onBothDatabases('joining', (around) => {
  it.each(kinds)('a code that is none is refused, whoever asks: %s', async (kind) => {
    const team = await around().team()
    const { token } = await callerOf(kind, { around: around(), ...team })
    const body = {
      code: 'no-such-code',
      device: { name: 'Laptop' },
      member: { id: uuidv7(), name: 'Ben' },
      historyId: uuidv7(),
    }
    const { method, path } = routeTo(syncRoutes.join, {})
    expect(await answerOf(`${around().server.url}${path}`, { method, token, body })).toMatchObject({
      status: 410,
      body: { error: { code: 'invite_unusable' } },
    })
  })
})
