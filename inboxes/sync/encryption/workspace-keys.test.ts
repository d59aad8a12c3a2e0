import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { expect, it } from 'vitest'
import { mostWorkspaceKeys } from '#contract/sync-api/keys.ts'
import { sealing } from './encryption.ts'
import { openKeys, rotation } from './workspace-keys.ts'

const box = await sealing()
const key = box.newWorkspaceKey()

it('the newest key opens every earlier one, however many there were', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.nat(), async (length, seed) => {
      const keys = Array.from({ length }, () => box.newWorkspaceKey())
      const device = box.newDeviceKeyPair()
      const newest = keys.at(-1) as string
      const ladder = keys.slice(0, -1).map((each, at) => ({
        key: at + 1,
        sealed: box.sealKey(each, keys[at + 1] as string),
      }))
      // As the invite has it: the newest, or one from before the last few were begun.
      const from = 1 + (seed % length)
      const answer = await openKeys(
        { key: length, box: box.sealKeyForDevice(newest, device.publicKey), ladder },
        { [from]: keys[from - 1] as string },
        device,
      )
      expect(answer).toEqual({ ok: true, value: Object.fromEntries(keys.map((each, at) => [at + 1, each])) })
    }),
    { numRuns: 20 },
  )
})

it('a box is its device’s alone, and without one the refusal says what to do', async () => {
  const [mine, other] = [box.newDeviceKeyPair(), box.newDeviceKeyPair()]
  const sealed = box.sealKeyForDevice(key, mine.publicKey)
  expect(box.openKeyBox(sealed, mine)).toBe(key)
  expect(box.openKeyBox(sealed, other)).toBeUndefined()
  for (const boxed of [sealed, null, 'bm90IGEgYm94'])
    expect(
      await openKeys({ key: 2, box: boxed, ladder: [] }, { 1: box.newWorkspaceKey() }, other),
    ).toMatchObject({
      ok: false,
      error: { code: 'key_missing', message: expect.stringContaining('Join again') },
    })
})

it('the next key goes to those who showed that they had the last, and to nobody who left', async () => {
  const device = (name: string, proven: boolean) => {
    const pair = box.newDeviceKeyPair()
    const proof = proven ? box.deviceProof(key, pair.publicKey) : null
    const entry = {
      id: uuidv7(),
      memberId: uuidv7(),
      name,
      createdAt: 0,
      seenAt: null,
      publicKey: pair.publicKey,
      proof,
    }
    return { pair, entry }
  }
  const [ada, ben, gone] = [device('Ada', true), device('Ben', false), device('Gone', true)]
  const forged = { ...device('Forged', true).entry, publicKey: box.newDeviceKeyPair().publicKey }
  const answer = await rotation({ 1: key }, 1, [ada.entry, ben.entry, forged])
  if (!answer.ok) throw new Error(answer.error.message)
  const { request, ring, leftOut } = answer.value
  expect(leftOut).toEqual(['Ben', 'Forged'])
  expect(request.boxes.map(({ deviceId }) => deviceId)).toEqual([ada.entry.id])
  expect(box.openKeyBox(request.boxes[0]?.box ?? '', ada.pair)).toBe(ring[2])
  for (const { pair } of [ben, gone])
    expect(box.openKeyBox(request.boxes[0]?.box ?? '', pair)).toBeUndefined()
  // Who has the new key has the old one; not the other way round.
  expect(box.openKey(request.sealedBefore ?? '', ring[2] ?? '')).toBe(key)
  expect(box.openKey(request.sealedBefore ?? '', key)).toBeUndefined()
  expect(await rotation({}, 1, [])).toMatchObject({ ok: false, error: { code: 'key_missing' } })
  const last = { [mostWorkspaceKeys]: key }
  expect(await rotation(last, mostWorkspaceKeys, [])).toMatchObject({
    ok: false,
    error: { code: 'key_missing' },
  })
})

it('a device without any key takes none, whoever left a box for it: there is nothing to hold it against', async () => {
  const device = box.newDeviceKeyPair()
  const keys = { key: 1, box: box.sealKeyForDevice(key, device.publicKey), ladder: [] }
  expect(await openKeys(keys, {}, device)).toMatchObject({ ok: false, error: { code: 'key_missing' } })
  expect(await openKeys({ ...keys, key: 10_001 }, { 1: key }, device)).toMatchObject({
    error: { code: 'untrusted_key' },
  })
})

it('a broken rung ends the ladder below the key that is here, and above it refuses all that came after', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 8 }),
      fc.nat(),
      fc.nat(),
      fc.constantFrom('missing', 'swapped', 'garbage', 'no key'),
      async (length, at, from, how) => {
        const keys = Array.from({ length }, () => box.newWorkspaceKey())
        const device = box.newDeviceKeyPair()
        const broken = 1 + (at % (length - 1))
        const ladder = keys.slice(0, -1).flatMap((each, place) => {
          const rung = { key: place + 1, sealed: box.sealKey(each, keys[place + 1] as string) }
          if (rung.key !== broken) return [rung]
          if (how === 'missing') return []
          const other = how === 'no key' ? 'AAAA' : box.newWorkspaceKey()
          return [
            { ...rung, sealed: how === 'garbage' ? '!' : box.sealKey(other, keys[place + 1] as string) },
          ]
        })
        const held = 1 + (from % length)
        const ring: Readonly<Record<string, string>> = { [held]: keys[held - 1] as string }
        const sealed = box.sealKeyForDevice(keys.at(-1) as string, device.publicKey)
        const answer = await openKeys({ key: length, box: sealed, ladder }, ring, device)
        if (held <= broken) {
          expect(answer).toMatchObject({
            ok: false,
            error: { code: 'untrusted_key', details: { key: length, held } },
          })
          return
        }
        const opened = keys.flatMap((each, place) => (place + 1 > broken ? [[place + 1, each]] : []))
        // Below the key that is here only a member makes rungs: whose other key that is opens nothing, and says nothing of what comes after.
        const first = { ok: true, value: expect.objectContaining(Object.fromEntries(opened)) }
        expect(answer).toEqual(first)
        if (how !== 'swapped') expect(answer).toEqual({ ok: true, value: Object.fromEntries(opened) })
      },
    ),
    { numRuns: 60 },
  )
})

it('whoever is removed can not follow, however often the key is changed after', async () => {
  const [stays, leaves] = [box.newDeviceKeyPair(), box.newDeviceKeyPair()]
  const entry = {
    id: uuidv7(),
    memberId: uuidv7(),
    name: 'Stays',
    createdAt: 0,
    seenAt: null,
    publicKey: stays.publicKey,
    // Shown once, on joining, under the key of then.
    proof: box.deviceProof(key, stays.publicKey),
  }
  let ring: Readonly<Record<string, string>> = { 1: key }
  const ladder: { key: number; sealed: string }[] = []
  for (let newest = 1; newest <= 4; newest++) {
    const next = await rotation(ring, newest, [entry])
    if (!next.ok) throw new Error(next.error.message)
    const { request } = next.value
    expect(request.key).toBe(newest + 1)
    ladder.push({ key: newest, sealed: request.sealedBefore as string })
    ring = next.value.ring
    const keys = { key: request.key, box: request.boxes[0]?.box as string, ladder }
    expect(await openKeys(keys, { 1: key }, stays)).toEqual({ ok: true, value: ring })
    // With the key that it had, every box and the whole ladder.
    expect(await openKeys(keys, { 1: key }, leaves)).toMatchObject({
      ok: false,
      error: { code: 'key_missing' },
    })
  }
})
