import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { expect, it } from 'vitest'
import type { WireEvent } from '#contract/sync-api/wire-events.ts'
import { hashPayload, plainMetadata } from '#db/log/rows/hash-chain.ts'
import { sealing } from './encryption.ts'

const box = await sealing()
const key = box.newWorkspaceKey()

const eventOf = (data: string, metadata?: string): WireEvent => ({
  id: uuidv7(),
  streamType: 'issue',
  streamId: uuidv7(),
  type: 'commented',
  schemaVersion: 2,
  actorId: uuidv7(),
  replicaSeq: 1,
  hlc: 1,
  occurredAt: 1,
  hash: '0'.repeat(64),
  data,
  ...(metadata === undefined ? {} : { metadata }),
})
const json = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => canonicalize(value) as string)

it('a sealed payload opens to what it was, byte for byte, and says nothing of it before', () => {
  fc.assert(
    fc.property(json, fc.option(json, { nil: undefined }), (data, metadata) => {
      const event = eventOf(data, metadata)
      const sealed = box.sealEvent(event, 1, key)
      expect(sealed).not.toHaveProperty('data')
      expect(sealed).not.toHaveProperty('metadata')
      expect(sealed).toMatchObject({
        id: event.id,
        key: 1,
        payloadHash: hashPayload(data, metadata ?? plainMetadata),
      })
      const expected = metadata === plainMetadata ? eventOf(data) : event
      expect(box.openEvent(sealed, { 1: key })).toEqual({
        ok: true,
        value: { ...expected, id: event.id, streamId: event.streamId, actorId: event.actorId },
      })
    }),
  )
})

it('any change of a byte, of the hash, of the key or of the event it belongs to is noticed', () => {
  fc.assert(
    fc.property(json, fc.nat(), fc.integer({ min: 1, max: 255 }), (data, at, flip) => {
      const sealed = box.sealEvent(eventOf(data), 1, key)
      const bytes = Buffer.from(sealed.sealed as string, 'base64')
      bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ flip
      const refusals = [
        box.openEvent({ ...sealed, sealed: bytes.toString('base64') }, { 1: key }),
        box.openEvent({ ...sealed, payloadHash: 'a'.repeat(64) }, { 1: key }),
        box.openEvent({ ...sealed, id: uuidv7() }, { 1: key }),
        box.openEvent({ ...sealed, hash: 'd'.repeat(64) }, { 1: key }),
        box.openEvent({ ...sealed, key: 2 }, { 1: key, 2: box.newWorkspaceKey() }),
        box.openEvent(
          { ...sealed, sealed: bytes.subarray(0, at % bytes.length).toString('base64') },
          { 1: key },
        ),
        box.openEvent(sealed, { 1: box.newWorkspaceKey() }),
      ]
      for (const refusal of refusals)
        expect(refusal).toMatchObject({ ok: false, error: { code: 'forged_payload' } })
      expect(box.openEvent(sealed, {})).toMatchObject({ ok: false, error: { code: 'key_missing' } })
    }),
  )
})

it('a payload can not be put under another event, not even with its hash, nor under its own in another chain', () => {
  const [mine, theirs] = [eventOf('{"body":"Yes"}'), eventOf('{"body":"No"}')].map((event) =>
    box.sealEvent(event, 1, key),
  ) as [WireEvent, WireEvent]
  const { sealed, payloadHash } = theirs
  const made = [
    { ...mine, sealed },
    { ...mine, sealed, payloadHash },
    // A chain made up around it: the same event, as somebody else's, and so with another hash.
    { ...mine, actorId: uuidv7(), hash: 'e'.repeat(64) },
  ]
  for (const event of made)
    expect(box.openEvent(event as WireEvent, { 1: key })).toMatchObject({
      ok: false,
      error: { retryable: false, code: 'forged_payload' },
    })
})

it('what its author sealed under the hash of something else opens without a payload: nobody else could have', async () => {
  const { default: sodium } = await import('libsodium-wrappers')
  const { data: _, ...header } = eventOf('{}')
  const payloadHash = 'b'.repeat(64)
  for (const plain of ['{"body":"Another"}\n{"triggeredBy":"manual"}', 'no payload at all']) {
    const nonce = sodium.randombytes_buf(sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
    const bytes = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
      plain,
      header.id + header.hash + payloadHash,
      null,
      nonce,
      Buffer.from(key, 'base64'),
    )
    const sealed = Buffer.concat([nonce, bytes]).toString('base64')
    expect(box.openEvent({ ...header, sealed, key: 1, payloadHash }, { 1: key })).toEqual({
      ok: true,
      value: { ...header, payloadHash },
    })
  }
})

it('what was erased, and what the server wrote in the open, passes as it is', () => {
  const { data: _, ...erased } = { ...eventOf('{}'), payloadHash: 'b'.repeat(64) }
  expect(box.sealEvent(erased, 1, key)).toEqual(erased)
  expect(box.openEvent(erased, {})).toEqual({ ok: true, value: erased })
  const plain = eventOf('{"number":4}')
  expect(box.openEvent(plain, {})).toEqual({ ok: true, value: plain })
})
