import { v7 as uuidv7 } from 'uuid'
import { expect, it } from 'vitest'
import type { Hello, Keys, WireEvent } from '#contract/sync-protocol.ts'
import { hashPayload, plainMetadata } from '#db/hash-chain.ts'
import { payloads } from './payloads.ts'
import { sealing } from './sealing.ts'
import type { KeptKeys } from './sync-settings.ts'

const box = await sealing()
const device = box.newDeviceKeyPair()
const [first, second] = [box.newWorkspaceKey(), box.newWorkspaceKey()]
const hello = (encrypted: boolean, key: number): Hello => ({ encrypted, key }) as Hello
const eventOf = (type: string, data: string): WireEvent => ({
  id: uuidv7(),
  streamType: 'issue',
  streamId: uuidv7(),
  type,
  schemaVersion: 1,
  actorId: uuidv7(),
  replicaSeq: 1,
  hlc: 1,
  occurredAt: 1,
  hash: 'c'.repeat(64),
  data,
})

/** A device's payloads, with the ring that it has and what the server answers about keys. */
function made(encrypted: boolean, ring?: KeptKeys['ring'], keys?: Keys) {
  const asked: string[] = []
  const kept: KeptKeys[] = []
  return {
    asked,
    kept,
    payloads: payloads({
      encrypted,
      secret: () => (ring ? JSON.stringify({ device, ring } satisfies KeptKeys) : undefined),
      client: {
        async keys() {
          asked.push('keys')
          return keys
            ? { ok: true, value: keys }
            : { ok: false, kind: 'away', code: 'unreachable', message: 'Gone.' }
        },
      },
      host: {
        async keepSecret(_, value) {
          kept.push(JSON.parse(value))
          return { ok: true, value: null }
        },
      },
    }),
  }
}

it('nothing is sealed where nothing is encrypted, and a sealed payload there has no key', async () => {
  const { payloads } = made(false)
  expect(await payloads.greeted(hello(false, 0))).toBeUndefined()
  const event = eventOf('created', '{"title":"One"}')
  expect(payloads.seal(event)).toEqual({ ok: true, value: event })
  expect(payloads.open(event)).toEqual({ ok: true, value: event })
  expect(payloads.open(box.sealEvent(event, 1, first))).toMatchObject({ ok: false, code: 'key_missing' })
})

it('a server that says an encrypted workspace is not gets nothing in the open', async () => {
  const { payloads } = made(true, { 1: first })
  for (const greeting of [hello(false, 0), hello(false, 1), hello(true, 0)])
    expect(await payloads.greeted(greeting)).toMatchObject({
      kind: 'refused',
      code: 'encryption_denied',
      message: expect.stringContaining('Nothing was sent'),
    })
  expect(payloads.seal(eventOf('created', '{"title":"Secret"}')).ok).toBe(false)
  // Once it tells the truth, everything goes on, sealed.
  expect(await payloads.greeted(hello(true, 1))).toBeUndefined()
  const sealed = payloads.seal(eventOf('created', '{"title":"Secret"}'))
  expect(sealed).toMatchObject({ ok: true, value: { key: 1 } })
  expect(JSON.stringify(sealed)).not.toContain('Secret')
})

it('a readable event in an encrypted workspace is somebody’s invention, but for the server’s numbers and what was erased', async () => {
  const { payloads } = made(true, { 1: first })
  await payloads.greeted(hello(true, 1))
  expect(payloads.open(eventOf('title_changed', '{"title":"Forged"}'))).toMatchObject({
    ok: false,
    kind: 'refused',
    code: 'not_sealed',
  })
  const numbered = eventOf('numbered', '{"number":4}')
  expect(payloads.seal(numbered)).toEqual({ ok: true, value: numbered })
  expect(payloads.open(numbered)).toEqual({ ok: true, value: numbered })
  const { data: _, ...erased } = {
    ...eventOf('commented', ''),
    payloadHash: hashPayload('{}', plainMetadata),
  }
  expect(payloads.open(erased)).toEqual({ ok: true, value: erased })
})

it('a new key is fetched once and kept with those before it', async () => {
  const keys: Keys = {
    key: 2,
    box: box.sealKeyForDevice(second, device.publicKey),
    ladder: [{ key: 1, sealed: box.sealKey(first, second) }],
  }
  const { payloads, asked, kept } = made(true, { 1: first }, keys)
  expect(await payloads.greeted(hello(true, 1))).toBeUndefined()
  expect(asked).toEqual([])
  const early = payloads.seal(eventOf('created', '{"title":"Early"}'))
  for (let again = 0; again < 2; again++) expect(await payloads.greeted(hello(true, 2))).toBeUndefined()
  expect(asked).toEqual(['keys'])
  expect(kept).toEqual([{ device, ring: { 1: first, 2: second } }])
  const late = payloads.seal(eventOf('created', '{"title":"Late"}'))
  expect([early, late]).toMatchObject([{ value: { key: 1 } }, { value: { key: 2 } }])
  for (const sealed of [early, late]) {
    if (!sealed.ok) throw new Error(sealed.message)
    expect(payloads.open(sealed.value).ok).toBe(true)
  }
})

it('who joins with the newest key gets those before it from the ladder', async () => {
  const ladder = [{ key: 1, sealed: box.sealKey(first, second) }]
  const { payloads, kept } = made(true, { 2: second }, { key: 2, box: null, ladder })
  expect(await payloads.greeted(hello(true, 2))).toBeUndefined()
  expect(kept).toEqual([{ device, ring: { 1: first, 2: second } }])
  const early = box.sealEvent(eventOf('created', '{"title":"Early"}'), 1, first)
  expect(payloads.open(early)).toMatchObject({ ok: true, value: { data: '{"title":"Early"}' } })
})

it('a server that goes back to an earlier key, which somebody who left may have, is not followed', async () => {
  const { payloads } = made(true, { 1: first, 2: second })
  expect(await payloads.greeted(hello(true, 1))).toBeUndefined()
  expect(payloads.seal(eventOf('created', '{}'))).toMatchObject({ ok: true, value: { key: 2 } })
})

it('a device without a key says so, and a server that is away is no reason to give up', async () => {
  const none = made(true)
  expect(await none.payloads.greeted(hello(true, 1))).toMatchObject({ kind: 'refused', code: 'key_missing' })
  const unboxed = made(true, { 1: first }, { key: 2, box: null, ladder: [] })
  expect(await unboxed.payloads.greeted(hello(true, 2))).toMatchObject({
    kind: 'refused',
    code: 'key_missing',
    message: expect.stringContaining('Join again'),
  })
  expect(unboxed.kept).toEqual([])
  const away = made(true, { 1: first })
  expect(await away.payloads.greeted(hello(true, 2))).toMatchObject({ kind: 'away' })
})
