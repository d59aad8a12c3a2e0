import { v7 as uuidv7 } from 'uuid'
import { expect, it } from 'vitest'
import { startCursor, type WireEvent } from '#contract/sync-api/wire-events.ts'
import { ask, onBothDatabases, type Person, person } from '../testing/both-databases.ts'
import { madeChain } from '../testing/made-chain.ts'

const code = (answer: { body: Record<string, unknown> }) => (answer.body.error as { code?: string })?.code
const seal = Buffer.from('sealed').toString('base64')
const proof = Buffer.alloc(32, 7).toString('base64')
/** Of the lengths that a workspace key has, sealed with the next one and for a device. */
const [rung, box] = [Buffer.alloc(72, 1).toString('base64'), Buffer.alloc(80, 2).toString('base64')]

/** What a stream of nudges says, until the wanted line or its end. */
async function hears(url: string, of: Person, wanted: RegExp, act: () => Promise<unknown>): Promise<string> {
  const response = await fetch(`${url}/v1/workspaces/${of.joined.workspaceId}/nudges`, {
    headers: { authorization: `Bearer ${of.joined.token}`, 'Docket-Protocol': '1' },
  })
  let said = ''
  let acted = false
  const decoder = new TextDecoder()
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    said += decoder.decode(chunk)
    if (!acted) await act()
    acted = true
    if (wanted.test(said)) break
  }
  return said
}

onBothDatabases('accounts and rights', (around) => {
  it('an invite is taken once, and not once it was withdrawn', async () => {
    const { server } = around()
    const { workspaceId, owner } = await around().team()
    const { code: once } = await server.admin.invite(workspaceId)
    await person(server, once)
    await expect(person(server, once)).rejects.toThrow(/invite_unusable/)
    const made = await owner.ask('/invites', { body: { role: 'member' } })
    await owner.ask(`/invites/${made.body.id}`, { method: 'DELETE' })
    await expect(person(server, String(made.body.code))).rejects.toThrow(/invite_unusable/)
    await expect(person(server, 'made-up-code-of-nobody')).rejects.toThrow(/invite_unusable/)
  })

  it('a join whose answer was lost is asked for again by whoever made it, and by nobody else', async () => {
    const { server } = around()
    const { workspaceId, owner } = await around().team()
    const { code: invite } = await server.admin.invite(workspaceId)
    const attempt = 'a secret of this machine alone'
    const join = async (more: Record<string, unknown>) =>
      ask(server, '/v1/join', {
        body: {
          code: invite,
          device: { name: 'laptop' },
          member: { id: uuidv7(), name: 'Ben' },
          historyId: uuidv7(),
          ...more,
        },
      })
    const first = await join({ attempt })
    expect(first.status).toBe(201)
    for (const more of [{}, { attempt: 'a secret of some other machine' }])
      expect(code(await join(more))).toBe('invite_unusable')
    const again = await join({ attempt })
    expect(again.body).toEqual({ ...first.body, token: expect.any(String) })
    const withToken = async (token: unknown) =>
      (
        await ask(server, `/v1/workspaces/${workspaceId}/team`, {
          headers: { authorization: `Bearer ${token}` },
        })
      ).status
    // The lost answer is nobody's to use, whoever finds it.
    expect(await withToken(first.body.token)).toBe(401)
    expect(await withToken(again.body.token)).toBe(200)
    const { members, devices } = (await owner.ask('/team')).body as { members: unknown[]; devices: unknown[] }
    expect([members.length, devices.length]).toEqual([2, 2])
    await owner.ask(`/devices/${again.body.deviceId}`, { method: 'DELETE' })
    expect(code(await join({ attempt }))).toBe('invite_unusable')
  })

  it('who is taken out, or is an owner no more, gets nobody in with an invite made before', async () => {
    const { server } = around()
    const { workspaceId, owner } = await around().team()
    const { code: invite } = await server.admin.invite(workspaceId, { role: 'owner' })
    const second = await person(server, invite)
    const made = async (): Promise<string> =>
      String((await second.ask('/invites', { body: { role: 'owner' } })).body.code)
    const open = [await made(), await made()]
    const ofOlga = String((await owner.ask('/invites', { body: { role: 'member' } })).body.code)
    await owner.ask(`/members/${second.joined.member.id}`, { method: 'PATCH', body: { role: 'member' } })
    await expect(person(server, open[0] as string)).rejects.toThrow(/invite_unusable/)
    await owner.ask(`/members/${second.joined.member.id}`, { method: 'PATCH', body: { role: 'owner' } })
    open.push(await made())
    await owner.ask(`/members/${second.joined.member.id}`, { method: 'DELETE' })
    for (const code of open) await expect(person(server, code)).rejects.toThrow(/invite_unusable/)
    await expect(person(server, ofOlga)).resolves.toBeDefined()
  })

  it('a further device is the same member, and what its copy was called before is an alias', async () => {
    const { server } = around()
    const { workspaceId, owner } = await around().team()
    const before = uuidv7()
    const { code: again } = await server.admin.invite(workspaceId, { memberId: owner.joined.member.id })
    const desktop = await person(server, again, { id: before, name: 'Whoever' })
    expect(desktop.joined.member).toMatchObject({ id: owner.joined.member.id, name: 'Olga', role: 'owner' })
    // Its own history was recorded under the other id.
    const own = madeChain(before)
    own.add({ number: 1 })
    expect((await desktop.push(own.after(0))).status).toBe(200)
    const { code: third } = await server.admin.invite(workspaceId)
    const other = await person(server, third, { id: before })
    expect(other.joined.member.id).not.toBe(before)
  })

  it('nobody sees another workspace, and no token means nothing', async () => {
    const { owner } = await around().team()
    const { owner: stranger, workspaceId: theirs } = await around().team()
    const { server } = around()
    const authorization = `Bearer ${owner.joined.token}`
    for (const path of ['hello', 'push', 'digests'])
      expect(
        code(await ask(server, `/v1/workspaces/${theirs}/${path}`, { body: {}, headers: { authorization } })),
      ).toBe('unknown_workspace')
    for (const path of ['team', 'keys', 'nudges', `events?after=0&mark=${'0'.repeat(64)}`])
      expect(
        code(await ask(server, `/v1/workspaces/${theirs}/${path}`, { headers: { authorization } })),
      ).toBe('unknown_workspace')
    expect(code(await ask(server, `/v1/workspaces/${theirs}/team`))).toBe('unauthorized')
    expect(
      code(
        await ask(server, `/v1/workspaces/${theirs}/team`, {
          headers: { authorization: 'Bearer dkt_made-up' },
        }),
      ),
    ).toBe('unauthorized')
    // Ids of another workspace do nothing either.
    expect(code(await owner.ask(`/devices/${stranger.joined.deviceId}`, { method: 'DELETE' }))).toBe(
      'unknown_place',
    )
    expect(code(await owner.ask(`/members/${stranger.joined.member.id}`, { method: 'DELETE' }))).toBe(
      'unknown_place',
    )
    expect((await stranger.ask('/team')).status).toBe(200)
  })

  it('only owners rule, and the last one stays', async () => {
    const { owner, invite } = await around().team()
    const ben = await invite()
    const { id } = ben.joined.member
    const own = `/members/${owner.joined.member.id}`
    for (const [path, init] of [
      ['/invites', { body: { role: 'owner' } }],
      [own, { method: 'DELETE' }],
      [own, { method: 'PATCH', body: { role: 'reader' } }],
      [`/devices/${owner.joined.deviceId}`, { method: 'DELETE' }],
      ['/keys', { body: { key: 1, boxes: [] } }],
    ] as const)
      expect(code(await ben.ask(path, init))).toBe('forbidden')
    expect((await ben.ask('/invites', { body: { memberId: id } })).status).toBe(201)
    expect(code(await owner.ask(own, { method: 'DELETE' }))).toBe('last_owner')
    expect(code(await owner.ask(own, { method: 'PATCH', body: { role: 'member' } }))).toBe('last_owner')
    expect((await owner.ask(`/members/${id}`, { method: 'PATCH', body: { role: 'owner' } })).status).toBe(200)
    expect((await ben.ask(own, { method: 'PATCH', body: { role: 'reader' } })).status).toBe(200)
    const { body } = await ben.ask('/team')
    expect((body.members as { role: string }[]).map(({ role }) => role).sort()).toEqual(['owner', 'reader'])
  })

  it('a revoked token is refused at once, and its open stream ends', async () => {
    const { server } = around()
    const { owner, invite } = await around().team()
    const ben = await invite()
    const said = await hears(server.url, ben, /never said/, () =>
      owner.ask(`/members/${ben.joined.member.id}`, { method: 'DELETE' }),
    )
    expect(said).toContain(': here')
    expect(code(await ben.ask('/team'))).toBe('unauthorized')
    expect(code(await ben.push(ben.chain.after(0)))).toBe('unauthorized')
  })

  it('a push nudges everybody who listens, with the newest place', async () => {
    const { server } = around()
    const { owner, invite } = await around().team()
    const ben = await invite()
    owner.chain.add({ number: 1 })
    const said = await hears(server.url, ben, /event: nudge\ndata: \{"seq":1\}/, () =>
      owner.push(owner.chain.after(0)),
    )
    expect(said).toMatch(/"seq":1/)
  })

  it('keys follow one another, each box is its device’s alone, and encryption begins before the first event', async () => {
    const { owner, invite } = await around().team()
    const ben = await invite()
    const boxes = [{ deviceId: owner.joined.deviceId, box }]
    expect(code(await owner.ask('/keys', { body: { key: 2, sealedBefore: rung, boxes } }))).toBe('key_taken')
    expect((await owner.ask('/keys', { body: { key: 1, boxes } })).status).toBe(201)
    expect((await owner.ask('/keys')).body).toEqual({ key: 1, box, ladder: [] })
    expect((await ben.ask('/keys')).body).toEqual({ key: 1, box: null, ladder: [] })
    expect(code(await owner.ask('/keys', { body: { key: 1, sealedBefore: rung, boxes } }))).toBe('key_taken')
    expect(code(await owner.ask('/keys', { body: { key: 2, boxes } }))).toBe('invalid_request')
    expect((await owner.ask('/keys', { body: { key: 2, sealedBefore: rung, boxes } })).status).toBe(201)
    expect((await owner.ask('/keys')).body).toEqual({ key: 2, box, ladder: [{ key: 1, sealed: rung }] })
    // A restored server may have lost some; a number that nobody comes to is refused.
    for (const key of [104, 10_000])
      expect(code(await owner.ask('/keys', { body: { key, sealedBefore: rung, boxes } }))).toBe('key_taken')
    for (const body of [
      { key: 2_147_483_647, sealedBefore: rung, boxes },
      { key: 3, sealedBefore: seal, boxes },
      { key: 3, sealedBefore: rung, boxes: [{ deviceId: owner.joined.deviceId, box: seal }] },
    ])
      expect(code(await owner.ask('/keys', { body }))).toBe('invalid_request')
    // From here on nothing is taken that the server could read.
    owner.chain.add()
    expect(code(await owner.push(owner.chain.after(0)))).toBe('invalid_event')
    const { owner: other } = await around().team()
    other.chain.add({ number: 1 })
    await other.push(other.chain.after(0))
    expect(code(await other.ask('/keys', { body: { key: 1, boxes: [] } }))).toBe('invalid_request')
  })

  it('whoever leaves leaves a key behind that is needed no more, nothing new is sealed with it, and all hear of it', async () => {
    const { server } = around()
    const { owner, invite } = await around().team()
    const [ben, cleo] = [await invite(), await invite()]
    const boxes = [owner, ben].map(({ joined }) => ({ deviceId: joined.deviceId, box }))
    await owner.ask('/keys', { body: { key: 1, boxes } })
    const needed = async (): Promise<unknown> =>
      (await owner.ask('/hello', { body: { chains: [], cursor: startCursor } })).body.needsKey
    expect(await needed()).toBe(false)
    const heard = await hears(server.url, owner, /"greet":true/, () =>
      ben.ask(`/devices/${ben.joined.deviceId}`, { method: 'DELETE' }),
    )
    expect(heard).toContain('event: nudge')
    expect(await needed()).toBe(true)
    const begun = { key: 2, sealedBefore: rung, boxes }
    const told = await hears(server.url, cleo, /"greet":true/, () => owner.ask('/keys', { body: begun }))
    expect(told).toContain('event: nudge')
    expect(await needed()).toBe(false)
    // Who was revoked before the key was begun gets none of it.
    const { body: again } = await owner.ask('/invites', { body: {} })
    const back = await person(server, String(again.code), { proof })
    expect((await back.ask('/keys')).body).toMatchObject({ key: 2, box: null })

    const { payloadHash, ...event } = owner.chain.add({ payloadHash: 'a'.repeat(64) })
    for (const [key, status] of [
      [1, 409],
      [3, 409],
      [2, 200],
    ] as const) {
      const events = [{ ...event, payloadHash, sealed: seal, key }]
      const pushed = await owner.push({ ...owner.chain.after(0), events: events as WireEvent[] })
      expect(pushed.status, `key ${key}`).toBe(status)
      if (status === 409)
        expect(pushed.body.error).toMatchObject({ code: 'key_outdated', details: { key: 2 } })
    }
    await owner.ask(`/members/${cleo.joined.member.id}`, { method: 'DELETE' })
    expect(await needed()).toBe(true)
    // What is stored already is passed over, whatever has become of its key.
    await owner.ask('/keys', { body: { ...begun, key: 3 } })
    const events = [{ ...event, payloadHash, sealed: seal, key: 2 }]
    expect((await owner.push({ ...owner.chain.after(0), events: events as WireEvent[] })).status).toBe(200)
  })

  it('an encrypted workspace takes in nobody without its key, and nobody is left behind by the attempt', async () => {
    const { server } = around()
    const { workspaceId, owner, invite } = await around().team()
    const before = await server.admin.invite(workspaceId)
    await owner.ask('/keys', { body: { key: 1, boxes: [] } })
    // Made where no key was known yet: it could only bring in somebody who can read nothing.
    await expect(person(server, before.code, { proof })).rejects.toThrow(/invite_unusable/)
    await expect(invite()).rejects.toThrow(/an owner invites from Docket/)
    const further = { memberId: owner.joined.member.id }
    await expect(server.admin.invite(workspaceId, further)).rejects.toThrow(/an owner invites from Docket/)

    const { body: first } = await owner.ask('/invites', { body: {} })
    await expect(person(server, String(first.code))).rejects.toThrow(/that invite has no key/)
    const team = async () => (await owner.ask('/team')).body as { members: unknown[]; devices: unknown[] }
    expect(await team()).toMatchObject({ members: [{}], devices: [{}], invites: [{ id: first.id }] })
    expect((await person(server, String(first.code), { proof })).joined.encrypted).toBe(true)

    const { body: old } = await owner.ask('/invites', { body: {} })
    await owner.ask('/keys', { body: { key: 2, sealedBefore: rung, boxes: [] } })
    await expect(person(server, String(old.code), { proof })).rejects.toThrow(/invite_unusable/)
    expect((await team()).members).toHaveLength(2)
  })

  it('a key’s boxes go to this workspace’s devices alone', async () => {
    const { owner } = await around().team()
    const { owner: stranger } = await around().team()
    const theirs = { deviceId: stranger.joined.deviceId, box }
    await stranger.ask('/keys', { body: { key: 1, boxes: [theirs] } })
    const other = Buffer.alloc(80, 3).toString('base64')
    const boxes = [theirs, { deviceId: owner.joined.deviceId, box }, { deviceId: uuidv7(), box }]
    const answer = await owner.ask('/keys', {
      body: { key: 1, boxes: boxes.map(({ deviceId }) => ({ deviceId, box: other })) },
    })
    expect(answer.status).toBe(201)
    expect((await stranger.ask('/keys')).body).toMatchObject({ key: 1, box })
    expect((await owner.ask('/keys')).body).toMatchObject({ key: 1, box: other })
  })

  it('a device says what its own copy comes to and no other’s, readers’ devices too, and is heard once', async () => {
    const { server } = around()
    const { workspaceId, owner, invite } = await around().team()
    const rea = await invite('reader')
    const report = (of: Person, chain: string, digest: string) =>
      of.ask('/digests', { body: { chain, seq: 0, digest: digest.repeat(64), events: 1 } })
    for (const chain of [uuidv7(), owner.joined.deviceId, rea.chain.replicaId])
      expect(code(await report(rea, chain, 'a'))).toBe('forbidden')
    const trail = `/evidence/${owner.joined.deviceId}`
    expect(code(await rea.ask(trail, { method: 'PUT', body: 'forged' }))).toBe('forbidden')
    const own = rea.joined.deviceId
    await report(rea, own, 'b')
    const { body } = await report(rea, own, 'c')
    expect(body.reports).toMatchObject([{ chain: own, digest: 'c'.repeat(64) }])
    // A copy that left and came back is another device; what the one before said is gone with it.
    await rea.ask(`/devices/${own}`, { method: 'DELETE' })
    const { code: again } = await server.admin.invite(workspaceId, { memberId: rea.joined.member.id })
    const back = await person(server, again)
    const { body: after } = await report(back, back.joined.deviceId, 'd')
    expect(after.reports).toMatchObject([{ chain: back.joined.deviceId, digest: 'd'.repeat(64) }])
  })

  it('each replica’s last digest is told to all, with evidence where it was laid open', async () => {
    const { owner, invite } = await around().team()
    const ben = await invite()
    const report = (of: Person, digest: string) =>
      of.ask('/digests', { body: { chain: of.joined.deviceId, seq: 0, digest, events: 1 } })
    await report(owner, 'a'.repeat(64))
    await owner.ask(`/evidence/${owner.joined.deviceId}`, { method: 'PUT', body: 'trail' })
    const { body } = await report(ben, 'b'.repeat(64))
    expect(
      (body.reports as { digest: string; evidence: boolean }[])
        .map(({ digest, evidence }) => [digest[0], evidence])
        .sort(),
    ).toEqual([
      ['a', true],
      ['b', false],
    ])
    expect((await ben.ask(`/evidence/${owner.joined.deviceId}`)).body).toBe('trail')
    // Nobody lays another's trail open.
    await ben.ask(`/evidence/${owner.joined.deviceId}`, { method: 'PUT', body: 'forged' })
    expect((await owner.ask(`/evidence/${owner.joined.deviceId}`)).body).toBe('trail')
  })

  it('what looks like SQL or a path is a name like any other, or refused', async () => {
    const { server } = around()
    const { owner, workspaceId } = await around().team()
    const nasty = `'; DROP TABLE events; --`
    const { code: invite } = await server.admin.invite(workspaceId)
    const joined = await person(server, invite, { name: nasty })
    expect(joined.joined.member.name).toBe(nasty)
    const { body } = await owner.ask('/team')
    expect((body.members as { name: string }[]).some(({ name }) => name === nasty)).toBe(true)
    for (const path of [
      `/chains/${encodeURIComponent(nasty)}/1`,
      `/evidence/${encodeURIComponent('../../etc/passwd')}`,
      `/chains/${uuidv7()}/${encodeURIComponent('1 OR 1=1')}`,
      `/events?after=0&mark=${encodeURIComponent(nasty)}`,
      `/events?after=${encodeURIComponent(nasty)}&mark=${'0'.repeat(64)}`,
      `/events?after=0&mark=${'0'.repeat(64)}&except=${encodeURIComponent(nasty)}`,
    ])
      expect([400, 404]).toContain((await owner.ask(path)).status)
    const event = owner.chain.add({ number: 1, payload: { title: nasty, status: 'open' } })
    for (const field of ['id', 'streamId', 'actorId', 'hash', 'streamType', 'type'] as const) {
      const request = owner.chain.after(0)
      const answer = await owner.push({ ...request, events: [{ ...event, [field]: nasty }] })
      expect([400, 422]).toContain(answer.status)
    }
    expect((await owner.push(owner.chain.after(0))).status).toBe(200)
    expect((await owner.pullAll())[0]?.event.data).toContain('DROP TABLE')
  })
})
