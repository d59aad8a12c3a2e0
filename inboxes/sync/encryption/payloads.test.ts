import { v7 as uuidv7 } from 'uuid'
import { expect, it, vi } from 'vitest'
import type { Hello } from '#contract/sync-api/hello.ts'
import type { Keys } from '#contract/sync-api/keys.ts'
import type { WireEvent } from '#contract/sync-api/wire-events.ts'
import { hashPayload, plainMetadata } from '#db/log/rows/hash-chain.ts'
import { sealing } from './encryption.ts'
import { payloads } from './payloads.ts'
import type { KeptKeys } from './sync-settings.ts'

const box = await sealing()
const device = box.newDeviceKeyPair()
const [first, second] = [box.newWorkspaceKey(), box.newWorkspaceKey()]
const hello = (encrypted: boolean, key: number, more: Partial<Hello> = {}): Hello =>
  ({ encrypted, key, needsKey: false, member: { id: '', role: 'member' }, ...more }) as Hello
const asOwner = { needsKey: true, member: { id: '', role: 'owner' } } as const
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
            : { ok: false, error: { retryable: true, code: 'unreachable', message: 'Gone.' } }
        },
        async team() {
          asked.push('team')
          return { ok: true, value: { members: [], devices: [], invites: [] } }
        },
        async newKey({ key }) {
          asked.push(`newKey ${key}`)
          return keys?.key === key
            ? { ok: false, error: { retryable: false, code: 'key_taken', message: 'Somebody was quicker.' } }
            : { ok: true, value: null }
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
  expect(await payloads.greeted(hello(false, 0))).toEqual({ ok: true, value: null })
  const event = eventOf('created', '{"title":"One"}')
  expect(payloads.seal(event)).toEqual({ ok: true, value: event })
  expect(payloads.open(event)).toEqual({ ok: true, value: event })
  expect(payloads.open(box.sealEvent(event, 1, first))).toMatchObject({
    ok: false,
    error: { code: 'key_missing' },
  })
})

it('a server that says an encrypted workspace is not gets nothing in the open', async () => {
  const { payloads } = made(true, { 1: first })
  for (const greeting of [hello(false, 0), hello(false, 1), hello(true, 0)])
    expect(await payloads.greeted(greeting)).toMatchObject({
      error: {
        retryable: false,
        code: 'encryption_denied',
        message: expect.stringContaining('Nothing was sent'),
      },
    })
  expect(payloads.seal(eventOf('created', '{"title":"Secret"}')).ok).toBe(false)
  // Once it tells the truth, everything goes on, sealed.
  expect(await payloads.greeted(hello(true, 1))).toEqual({ ok: true, value: null })
  const sealed = payloads.seal(eventOf('created', '{"title":"Secret"}'))
  expect(sealed).toMatchObject({ ok: true, value: { key: 1 } })
  expect(JSON.stringify(sealed)).not.toContain('Secret')
})

it('a readable event in an encrypted workspace is somebody’s invention, but for the server’s numbers and what was erased', async () => {
  const { payloads } = made(true, { 1: first })
  await payloads.greeted(hello(true, 1))
  expect(payloads.open(eventOf('title_changed', '{"title":"Forged"}'))).toMatchObject({
    ok: false,
    error: { retryable: false, code: 'not_sealed' },
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

it.each([false, true])(
  'a payload that is nested deeper than any is held without it, and never parsed; encrypted: %s',
  async (encrypted) => {
    const { payloads } = made(encrypted, encrypted ? { 1: first } : undefined)
    await payloads.greeted(hello(encrypted, encrypted ? 1 : 0))
    const deep = `{"title":"Deep","x":${'['.repeat(1_500_000)}${']'.repeat(1_500_000)}}`
    for (const data of [deep, '['.repeat(3_000_000)]) {
      const event = eventOf('created', data)
      const payloadHash = hashPayload(data, plainMetadata)
      const sealed = payloads.seal(event)
      if (!sealed.ok) throw new Error(sealed.error.message)
      const parse = vi.spyOn(JSON, 'parse')
      const { data: _, ...header } = event
      expect(payloads.open(sealed.value)).toEqual({ ok: true, value: { ...header, payloadHash } })
      expect(parse).not.toHaveBeenCalled()
      parse.mockRestore()
    }
  },
)

it('a new key is fetched once and kept with those before it', async () => {
  const keys: Keys = {
    key: 2,
    box: box.sealKeyForDevice(second, device.publicKey),
    ladder: [{ key: 1, sealed: box.sealKey(first, second) }],
  }
  const { payloads, asked, kept } = made(true, { 1: first }, keys)
  expect(await payloads.greeted(hello(true, 1))).toEqual({ ok: true, value: null })
  expect(asked).toEqual([])
  const early = payloads.seal(eventOf('created', '{"title":"Early"}'))
  for (let again = 0; again < 2; again++)
    expect(await payloads.greeted(hello(true, 2))).toEqual({ ok: true, value: null })
  expect(asked).toEqual(['keys'])
  expect(kept).toEqual([{ device, ring: { 1: first, 2: second } }])
  const late = payloads.seal(eventOf('created', '{"title":"Late"}'))
  expect([early, late]).toMatchObject([{ value: { key: 1 } }, { value: { key: 2 } }])
  for (const sealed of [early, late]) {
    if (!sealed.ok) throw new Error(sealed.error.message)
    expect(payloads.open(sealed.value).ok).toBe(true)
  }
})

it('who joins with the newest key gets those before it from the ladder', async () => {
  const ladder = [{ key: 1, sealed: box.sealKey(first, second) }]
  const { payloads, kept } = made(true, { 2: second }, { key: 2, box: null, ladder })
  expect(await payloads.greeted(hello(true, 2))).toEqual({ ok: true, value: null })
  expect(kept).toEqual([{ device, ring: { 1: first, 2: second } }])
  const early = box.sealEvent(eventOf('created', '{"title":"Early"}'), 1, first)
  expect(payloads.open(early)).toMatchObject({ ok: true, value: { data: '{"title":"Early"}' } })
})

it('a server that goes back to an earlier key, which somebody who left may have, is not followed', async () => {
  const { payloads } = made(true, { 1: first, 2: second })
  expect(await payloads.greeted(hello(true, 1))).toEqual({ ok: true, value: null })
  expect(payloads.seal(eventOf('created', '{}'))).toMatchObject({ ok: true, value: { key: 2 } })
})

it('an owner begins the key that is needed, a member does not, and what another owner began is taken over', async () => {
  const member = made(true, { 1: first })
  expect(await member.payloads.greeted(hello(true, 1, { needsKey: true }))).toEqual({ ok: true, value: null })
  expect(member.asked).toEqual([])

  const owner = made(true, { 1: first })
  expect(await owner.payloads.greeted(hello(true, 1, asOwner))).toEqual({ ok: true, value: null })
  expect(owner.asked).toEqual(['team', 'newKey 2'])
  expect(Object.keys(owner.kept[0]?.ring ?? {})).toEqual(['1', '2'])
  expect(owner.payloads.seal(eventOf('created', '{}'))).toMatchObject({ value: { key: 2 } })

  const ladder = [{ key: 1, sealed: box.sealKey(first, second) }]
  const keys: Keys = { key: 2, box: box.sealKeyForDevice(second, device.publicKey), ladder }
  const late = made(true, { 1: first }, keys)
  expect(await late.payloads.greeted(hello(true, 1, asOwner))).toEqual({ ok: true, value: null })
  expect(late.asked).toEqual(['team', 'newKey 2', 'keys'])
  expect(late.kept).toEqual([{ device, ring: { 1: first, 2: second } }])
})

it('a server that lost a key gets it back from an owner, and the one after it', async () => {
  const { payloads, asked } = made(true, { 1: first, 2: second })
  expect(await payloads.greeted(hello(true, 1, { ...asOwner, needsKey: false }))).toEqual({
    ok: true,
    value: null,
  })
  expect(asked).toEqual(['team', 'newKey 2', 'newKey 3'])
  expect(payloads.seal(eventOf('created', '{}'))).toMatchObject({ value: { key: 3 } })
})

it('a key that does not follow from the one here, or whose number no workspace comes to, is not taken, and nothing is sealed with it', async () => {
  const evil = box.newWorkspaceKey()
  const boxed = box.sealKeyForDevice(evil, device.publicKey)
  const ladder = [{ key: 1, sealed: box.sealKey(evil, evil) }]
  const { payloads, kept } = made(true, { 1: first }, { key: 2, box: boxed, ladder })
  expect(await payloads.greeted(hello(true, 2))).toMatchObject({
    error: { retryable: false, code: 'untrusted_key', details: { key: 2, held: 1 } },
  })
  expect(kept).toEqual([])
  expect(payloads.open(box.sealEvent(eventOf('created', '{}'), 2, evil)).ok).toBe(false)
  const far = made(true, { 1: first }, { key: 2_147_483_647, box: boxed, ladder })
  expect(await far.payloads.greeted(hello(true, 2_147_483_647))).toMatchObject({
    error: { code: 'untrusted_key' },
  })
  // It says a number that could be, and means another.
  expect(await far.payloads.greeted(hello(true, 2))).toMatchObject({ error: { code: 'untrusted_key' } })
  expect(far.asked).toEqual(['keys'])
  expect(far.kept).toEqual([])
})

it('a number that an older Docket took from a server is no key, and what goes on is what is here', async () => {
  const ring = { 1: first, 2147483647: second }
  const { payloads } = made(true, ring)
  expect(await payloads.greeted(hello(true, 1))).toEqual({ ok: true, value: null })
  expect(payloads.seal(eventOf('created', '{}'))).toMatchObject({ value: { key: 1 } })
})

it('a device without a key says so, and a server that is away is no reason to give up', async () => {
  const none = made(true)
  expect(await none.payloads.greeted(hello(true, 1))).toMatchObject({
    error: { retryable: false, code: 'key_missing' },
  })
  const unboxed = made(true, { 1: first }, { key: 2, box: null, ladder: [] })
  expect(await unboxed.payloads.greeted(hello(true, 2))).toMatchObject({
    error: { retryable: false, code: 'key_missing', message: expect.stringContaining('Join again') },
  })
  expect(unboxed.kept).toEqual([])
  const away = made(true, { 1: first })
  expect(await away.payloads.greeted(hello(true, 2))).toMatchObject({ error: { retryable: true } })
})
