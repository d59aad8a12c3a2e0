import { v7 as uuidv7 } from 'uuid'
import { expect, it, vi } from 'vitest'
import { startCursor } from '#contract/sync-api/wire-events.ts'
import { ticksPerMilli } from '#core/events/event-order.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { nextMark } from '#db/log/rows/hash-chain.ts'
import { onBothDatabases } from '../testing/both-databases.ts'
import { madeChain } from '../testing/made-chain.ts'

const code = (answer: { body: Record<string, unknown> }) => (answer.body.error as { code?: string })?.code
const details = (answer: { body: Record<string, unknown> }) =>
  (answer.body.error as { details?: Record<string, unknown> })?.details

onBothDatabases('push and pull', (around) => {
  it('what is pushed is pulled as it was, in order, with the marks that follow from the hashes', async () => {
    const { owner, invite } = await around().team()
    const ben = await invite()
    const sent = [owner.chain.add({ number: 1 }), owner.chain.add({ number: 2 })]
    const pushed = await owner.push(owner.chain.after(0))
    expect(pushed.status).toBe(200)
    const got = await ben.pullAll()
    expect(got.map(({ event }) => event)).toEqual(sent)
    const mark = sent.reduce((before, event) => nextMark(before, event.hash), startCursor.mark)
    expect(pushed.body).toEqual({ stored: 2, cursor: { seq: 2, mark } })
  })

  it('a push that is repeated, whole or in part, is passed over', async () => {
    const { owner } = await around().team()
    for (let n = 1; n <= 4; n++) owner.chain.add({ number: n })
    const all = owner.chain.after(0)
    expect((await owner.push({ ...all, events: all.events.slice(0, 2) })).body).toMatchObject({ stored: 2 })
    expect((await owner.push(all)).body).toMatchObject({ stored: 4, cursor: { seq: 4 } })
    expect((await owner.push(all)).body).toMatchObject({ stored: 4, cursor: { seq: 4 } })
    expect(await owner.pullAll()).toHaveLength(4)
  })

  it('a pull goes on anywhere, in pages of any size, and leaves out what need not be sent back', async () => {
    const { owner, invite } = await around().team()
    const ben = await invite()
    for (let n = 1; n <= 7; n++)
      owner.chain.add({ number: n, payload: { title: 'x'.repeat(900), status: 'open' } })
    for (let n = 8; n <= 9; n++) ben.chain.add({ number: n })
    await owner.push(owner.chain.after(0))
    await ben.push(ben.chain.after(0))
    const whole = await owner.pullAll()
    expect(whole).toHaveLength(9)
    expect(await owner.pullAll({ limit: '2' })).toEqual(whole)
    expect(await owner.pullAll({ bytes: '1500' })).toEqual(whole)
    const rest = await owner.pullAll({ except: `${owner.chain.replicaId}:6`, limit: '1' })
    expect(rest.map(({ event }) => event.id)).toEqual(whole.slice(6).map(({ event }) => event.id))
  })

  it('a hole in a chain is refused with the end that the server has', async () => {
    const { owner } = await around().team()
    for (let n = 1; n <= 3; n++) owner.chain.add({ number: n })
    const first = owner.chain.after(0)
    await owner.push({ ...first, events: first.events.slice(0, 1) })
    const answer = await owner.push(owner.chain.after(2))
    expect(answer.status).toBe(409)
    expect(code(answer)).toBe('chain_gap')
    expect(details(answer)).toEqual({ seq: 1, hash: first.events[0]?.hash })
    const torn = { ...first, events: [first.events[0], first.events[2]] }
    expect(code(await owner.push(torn))).toBe('chain_gap')
  })

  it('another event at a place that is taken is a fork, and a fork may be pushed as one', async () => {
    const { owner } = await around().team()
    const id = owner.joined.member.id
    const shared = { id: uuidv7(), streamId: uuidv7(), hlc: 5 * ticksPerMilli, occurredAt: 5, number: 1 }
    const clone = madeChain(id, owner.chain.replicaId)
    for (const chain of [owner.chain, clone]) chain.add(shared)
    owner.chain.add({ number: 2 })
    clone.add({ number: 3 })
    await owner.push(owner.chain.after(0))
    const answer = await owner.push(clone.after(0))
    expect(code(answer)).toBe('chain_forked')
    expect(details(answer)).toEqual({ seq: 2 })
    const fork = uuidv7()
    const tail = { ...clone.after(1), chain: fork, fork: { chain: owner.chain.replicaId, seq: 1 } }
    expect((await owner.push(tail)).body).toMatchObject({ stored: 2 })
    // Later pieces need not say again what they fork off.
    clone.add({ number: 4 })
    expect((await owner.push({ ...clone.after(2), chain: fork })).body).toMatchObject({ stored: 3 })
    expect((await owner.ask(`/chains/${fork}/1`)).body).toEqual({
      hash: owner.chain.after(0).events[0]?.hash,
    })
    expect(await owner.pullAll()).toHaveLength(4)
  })

  it('a forged hash, header or payload is refused, and nothing is stored', async () => {
    const { owner } = await around().team()
    const event = owner.chain.add()
    const request = owner.chain.after(0)
    for (const forged of [
      { ...event, hash: 'f'.repeat(64) },
      { ...event, occurredAt: event.occurredAt - 1 },
      { ...event, data: '{"status":"open","title":"Other"}' },
      { ...event, streamId: uuidv7() },
    ])
      expect(code(await owner.push({ ...request, events: [forged] }))).toBe('forged_hash')
    expect(await owner.pullAll()).toEqual([])
  })

  it('nobody acts in another’s name, but for what came from another tracker', async () => {
    const { owner, invite } = await around().team()
    const ben = await invite()
    const stranger = uuidv7()
    const asOwner = madeChain(owner.joined.member.id)
    asOwner.add()
    expect(code(await ben.push(asOwner.after(0)))).toBe('forged_actor')
    const imported = madeChain(stranger)
    imported.add({ about: { triggeredBy: 'import' }, imported: true, number: 50 })
    expect((await ben.push(imported.after(0))).status).toBe(200)
    const pretended = madeChain(owner.joined.member.id)
    pretended.add({ about: { triggeredBy: 'import' }, imported: true })
    expect(code(await ben.push(pretended.after(0)))).toBe('forged_actor')
    const unsaid = madeChain(stranger)
    unsaid.add({ about: { triggeredBy: 'import' } })
    expect(code(await ben.push(unsaid.after(0)))).toBe('invalid_event')
    const server = madeChain(deriveId('server', owner.joined.workspaceId))
    server.add({
      type: 'numbered',
      schemaVersion: 1,
      payload: { number: 77 },
      about: { seal: 'a'.repeat(64), triggeredBy: 'sync' },
    })
    expect(code(await ben.push(server.after(0)))).toBe('forged_actor')
    expect(await owner.pullAll()).toHaveLength(1)
  })

  it('the history of another Docket is taken as it was there, but in no name of a member', async () => {
    const { owner, invite } = await around().team()
    const ben = await invite()
    const exported = madeChain(uuidv7())
    exported.add({ imported: true })
    expect((await ben.push(exported.after(0))).status).toBe(200)
    const asBen = madeChain(ben.joined.member.id)
    asBen.add({ imported: true })
    expect(code(await owner.push(asBen.after(0)))).toBe('forged_actor')
  })

  it('a chain is its member’s alone', async () => {
    const { owner, invite } = await around().team()
    const ben = await invite()
    owner.chain.add({ number: 1 })
    await owner.push(owner.chain.after(0))
    const intruding = madeChain(ben.joined.member.id, owner.chain.replicaId)
    intruding.add()
    expect(code(await ben.push({ ...owner.chain.after(1), events: intruding.after(0).events }))).toBe(
      'chain_gap',
    )
    expect(code(await ben.push(intruding.after(0)))).toBe('forbidden')
  })

  it('a reader pushes nothing and pulls everything', async () => {
    const { owner, invite } = await around().team()
    const reader = await invite('reader')
    reader.chain.add()
    owner.chain.add({ number: 1 })
    await owner.push(owner.chain.after(0))
    const answer = await reader.push(reader.chain.after(0))
    expect([answer.status, code(answer)]).toEqual([403, 'forbidden'])
    expect(await reader.pullAll()).toHaveLength(1)
  })

  it('what only a newer Docket knows is stored and handed out as it came, and whose it is and how large is asked of it like of any other', async () => {
    const { owner, invite } = await around().team()
    const ben = await invite()
    const hello = await owner.ask('/hello', { body: { chains: [], cursor: startCursor } })
    expect(hello.body.understands).toContain('unknown_events')
    const chain = madeChain(owner.joined.member.id)
    chain.add({ type: 'teleported', schemaVersion: 2, payload: { to: [{ deck: 7 }] } })
    chain.add({ schemaVersion: 99 })
    chain.add({ type: 'milestone_created', schemaVersion: 1, streamType: 'milestone' })
    chain.add({ type: 'numbered', schemaVersion: 9, payload: { number: 'seven' }, number: 3 })
    expect((await owner.push(chain.after(0))).status).toBe(200)
    const stored = (await ben.pullAll()).filter(({ event }) => event.actorId === owner.joined.member.id)
    expect(stored.map(({ event }) => event)).toEqual(chain.after(0).events)
    const asOwner = madeChain(owner.joined.member.id)
    asOwner.add({ type: 'teleported', schemaVersion: 1 })
    expect(code(await ben.push(asOwner.after(0)))).toBe('forged_actor')
    const deep = madeChain(ben.joined.member.id)
    deep.add({
      type: 'teleported',
      schemaVersion: 1,
      payload: { to: JSON.parse('['.repeat(200) + ']'.repeat(200)) },
    })
    expect(code(await ben.push(deep.after(0)))).toBe('invalid_event')
    for (const named of [{ type: 'Tele"ported' }, { streamType: 'mile stone' }]) {
      const odd = madeChain(ben.joined.member.id)
      odd.add({ schemaVersion: 1, ...named })
      expect(code(await ben.push(odd.after(0)))).toBe('invalid_request')
    }
  })

  it('what is nested deeper than any payload is refused before it is parsed, whatever it is of', async () => {
    const { owner } = await around().team()
    const [open, shut] = ['['.repeat(900_000), ']'.repeat(900_000)]
    const bombs = [
      { text: `{"status":"open","title":"Deep","x":${open}${shut}}` },
      { text: '['.repeat(2_000_000) },
      { type: 'teleported', schemaVersion: 1, text: `{"to":${open}` },
    ]
    const parse = vi.spyOn(JSON, 'parse')
    for (const bomb of bombs) {
      const chain = madeChain(owner.joined.member.id)
      chain.add(bomb)
      const answer = await owner.push(chain.after(0))
      expect([answer.status, code(answer)]).toEqual([422, 'invalid_event'])
      expect(JSON.stringify(answer.body)).toMatch(/nested more than 250 deep/)
      expect(parse.mock.calls.filter(([text]) => text === bomb.text)).toEqual([])
    }
    parse.mockRestore()
    // As deep as anything is imported.
    const levels = `${'['.repeat(249)}${']'.repeat(249)}`
    owner.chain.add({ number: 1, text: `{"status":"open","title":"Not too deep","x":${levels}}` })
    expect((await owner.push(owner.chain.after(0))).status).toBe(200)
  })

  it('what the server knows, it holds against its shape, and an event without its payload is none that happened', async () => {
    const { owner } = await around().team()
    const shapeless = madeChain(owner.joined.member.id)
    shapeless.add({ payload: { title: 5 } })
    expect(code(await owner.push(shapeless.after(0)))).toBe('invalid_event')
    for (const type of ['archived', 'status_changed', 'teleported']) {
      const empty = madeChain(owner.joined.member.id)
      empty.add({ type, schemaVersion: 1, payloadHash: 'a'.repeat(64) })
      expect(code(await owner.push(empty.after(0))), type).toBe('invalid_event')
    }
    owner.chain.add()
    const future = await owner.ask('/push', {
      body: owner.chain.after(0),
      headers: { 'Docket-Protocol': '2' },
    })
    expect([future.status, code(future), details(future)]).toEqual([426, 'update_needed', { min: 1, max: 1 }])
    expect(await owner.pullAll()).toEqual([])
  })

  it('each issue gets a number once: its own where that is free, else the next', async () => {
    const { owner, invite } = await around().team()
    const ben = await invite()
    const [a, b] = [owner.chain.add({ number: 7 }), owner.chain.add()]
    const c = ben.chain.add({ number: 7 })
    await owner.push(owner.chain.after(0))
    await ben.push(ben.chain.after(0))
    await ben.push(ben.chain.after(0))
    const given = (await ben.pullAll()).filter(({ event }) => event.type === 'numbered')
    expect(given.map(({ event }) => [event.streamId, event.data])).toEqual([
      [b.streamId, '{"number":8}'],
      [c.streamId, '{"number":9}'],
    ])
    for (const { event } of given) expect(event.actorId).toBe(deriveId('server', owner.joined.workspaceId))
    expect(given[1]?.event.hlc as number).toBeGreaterThan(c.hlc)
    expect(a.number).toBe(7)
  })

  it('an event from a clock that is far ahead is taken, and flagged for everybody', async () => {
    const { owner, invite } = await around().team()
    const ben = await invite()
    const days = 2 * 86_400_000
    const occurredAt = Date.now() + days
    const fast = owner.chain.add({ number: 1, hlc: occurredAt * ticksPerMilli, occurredAt })
    const pushed = await owner.push(owner.chain.after(0))
    expect(Number(pushed.body.aheadMillis)).toBeGreaterThan(days - 60_000)
    const { body } = await ben.ask(`/events?after=0&mark=${startCursor.mark}`)
    const [first] = body.events as unknown as { aheadMillis?: number }[]
    expect(first?.aheadMillis).toBe(pushed.body.aheadMillis)
    // Whoever answers it comes after it in the order, with a clock that is right.
    ben.chain.add({ number: 2, hlc: fast.hlc + 1 })
    const answered = await ben.push(ben.chain.after(0))
    expect(answered.status).toBe(200)
    expect(answered.body).not.toHaveProperty('aheadMillis')
    const flagged = (await owner.pullAll()).filter(({ event }) => event.type === 'created')
    expect(flagged).toHaveLength(2)
    // An import's events are old; what runs ahead is the clock that read them in.
    owner.chain.add({
      number: 3,
      hlc: occurredAt * ticksPerMilli + 5,
      imported: true,
      about: { triggeredBy: 'import' },
    })
    expect((await owner.push(owner.chain.after(1))).body).toHaveProperty('aheadMillis')
  })

  it('a cursor of a server that lost its tail is not obeyed', async () => {
    const { owner } = await around().team()
    owner.chain.add({ number: 1 })
    await owner.push(owner.chain.after(0))
    const mark = 'a'.repeat(64)
    const answer = await owner.ask(`/events?after=1&mark=${mark}`)
    expect([answer.status, code(answer)]).toEqual([409, 'cursor_unknown'])
    const hello = await owner.ask('/hello', { body: { chains: [], cursor: { seq: 1, mark } } })
    expect(hello.body).toMatchObject({ cursorKnown: false, cursor: { seq: 1 } })
  })

  it('places are given in the order of their commits: nobody pulls past one that is still to come', async () => {
    const { owner, invite } = await around().team()
    const people = [owner, await invite(), await invite(), await invite()]
    const rounds = 8
    let done = false
    const seen: number[][] = []
    const watching = (async () => {
      while (!done) seen.push((await owner.pullAll()).map(({ event }) => Number(event.number)))
    })()
    await Promise.all(
      people.map(async (each, at) => {
        for (let n = 0; n < rounds; n++) {
          each.chain.add({ number: at * rounds + n + 1 })
          expect((await each.push(each.chain.after(n))).status).toBe(200)
        }
      }),
    )
    done = true
    await watching
    const final = (await owner.pullAll()).map(({ event }) => Number(event.number))
    expect(final).toHaveLength(people.length * rounds)
    // Whatever was seen at any time is the beginning of what there is in the end.
    for (const list of seen) expect(final.slice(0, list.length)).toEqual(list)
  })
})
