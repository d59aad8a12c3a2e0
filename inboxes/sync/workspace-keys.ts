import type { Keys, NewKey, Team } from '#contract/sync-protocol.ts'
import type { Answer } from './round.ts'
import { type DeviceKeys, sealing } from './sealing.ts'

/** The workspace's keys that are here, base64, by their numbers. */
export type KeyRing = Readonly<Record<string, string>>

/**
 * All keys of a workspace: the newest from the ring or from the box that a member left for this device, each earlier one from the ladder. Refused
 * with `key_missing` where nobody has left a box.
 */
export async function openKeys(keys: Keys, ring: KeyRing, device: DeviceKeys): Promise<Answer<KeyRing>> {
  const box = await sealing()
  const complete: Record<string, string> = { ...ring }
  const newest = complete[keys.key] ?? (keys.box === null ? undefined : box.openKeyBox(keys.box, device))
  if (newest === undefined)
    return {
      ok: false,
      kind: 'refused',
      code: 'key_missing',
      message:
        'This device does not have the newest key of the workspace: whoever began it did not know this device. Join again with a fresh invite.',
    }
  complete[keys.key] = newest
  const rungs = new Map(keys.ladder.map(({ key, sealed }) => [key, sealed]))
  for (let number = keys.key - 1; number >= 1; number--) {
    if (complete[number] !== undefined) continue
    const sealed = rungs.get(number)
    const above = complete[number + 1]
    const opened = sealed !== undefined && above !== undefined ? box.openKey(sealed, above) : undefined
    // Events sealed with it can't be opened; those that came after can.
    if (opened === undefined) break
    complete[number] = opened
  }
  return { ok: true, value: complete }
}

/**
 * The next key, once somebody left: sealed for every device that showed that it had the present one. `leftOut` names the others, which must join
 * again.
 */
export async function rotation(
  ring: KeyRing,
  newest: number,
  devices: Team['devices'],
): Promise<
  Answer<{ readonly request: NewKey; readonly ring: KeyRing; readonly leftOut: readonly string[] }>
> {
  const box = await sealing()
  const present = ring[newest]
  if (present === undefined)
    return {
      ok: false,
      kind: 'refused',
      code: 'key_missing',
      message: 'The workspace key is not on this device, so that no other can follow it.',
    }
  const next = box.newWorkspaceKey()
  const earlier = Object.values(ring)
  const trusted = devices.filter(
    ({ publicKey, proof }) =>
      publicKey !== null && proof !== null && earlier.some((key) => box.isDeviceProof(proof, key, publicKey)),
  )
  return {
    ok: true,
    value: {
      request: {
        key: newest + 1,
        sealedBefore: box.sealKey(present, next),
        boxes: trusted.map(({ id, publicKey }) => ({
          deviceId: id,
          box: box.sealKeyForDevice(next, publicKey as string),
        })),
      },
      ring: { ...ring, [newest + 1]: next },
      leftOut: devices.filter((device) => !trusted.includes(device)).map(({ name }) => name),
    },
  }
}
