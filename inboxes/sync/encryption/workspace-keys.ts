import { type Keys, mostWorkspaceKeys, type NewKey } from '#contract/sync-api/keys.ts'
import type { Team } from '#contract/sync-api/team.ts'
import type { RemoteCode, Result } from '#core/values/refusal.ts'
import { refused } from '../round/round-refusals.ts'
import { type DeviceKeys, sealing } from './encryption.ts'

/** The workspace's keys that are here, base64, by their numbers. */
export type KeyRing = Readonly<Record<string, string>>

/** The number of the newest key of a ring that a workspace can have; 0 for a ring without any. */
export const newestOf = (ring: KeyRing): number =>
  Math.max(
    0,
    ...Object.keys(ring)
      .map(Number)
      .filter((number) => number <= mostWorkspaceKeys),
  )

/** Refuses a key that the server says is the newest. @param held the newest that this device has */
export function untrusted(key: number, held: number): Result<never, RemoteCode> {
  const said = `The server hands out key ${key} of this workspace, and it does not follow from key ${held}, which this device has`
  return refused(
    'untrusted_key',
    `${said}: whoever made it did not have the key, and may be trying to read along. Nothing was sealed with it. Nothing was sent; ask the owners of the workspace and whoever runs the server.`,
    { key, held },
  )
}

/**
 * All keys of a workspace. Every key after the newest of the ring comes from the box that a member left for this device and the rungs below it, each
 * opened with the one after it, and the last of them has to be exactly the key of the ring: only who had that one can have sealed it so. Earlier
 * ones come from the ladder as far as it holds.
 * Refused with `untrusted_key` where keys do not follow from the ring, and with `key_missing` where nobody has left a box, or there is no key here
 * to hold one against.
 */
export async function openKeys(
  keys: Keys,
  ring: KeyRing,
  device: DeviceKeys,
): Promise<Result<KeyRing, RemoteCode>> {
  const box = await sealing()
  const held = newestOf(ring)
  if (keys.key > mostWorkspaceKeys) return untrusted(keys.key, held)
  const complete: Record<string, string> = { ...ring }
  const rungs = new Map(keys.ladder.map(({ key, sealed }) => [key, sealed]))
  const below = (number: number): string | undefined => {
    const sealed = rungs.get(number)
    const above = complete[number + 1]
    return sealed !== undefined && above !== undefined ? box.openKey(sealed, above) : undefined
  }

  if (keys.key > held) {
    const newest = keys.box === null || held === 0 ? undefined : box.openKeyBox(keys.box, device)
    if (newest === undefined)
      return refused(
        'key_missing',
        'This device does not have the newest key of the workspace: whoever began it did not know this device. Join again with a fresh invite.',
      )
    complete[keys.key] = newest
    for (let number = keys.key - 1; number >= held; number--) {
      const opened = below(number)
      if (opened === undefined || (number === held && opened !== ring[held])) return untrusted(keys.key, held)
      complete[number] = opened
    }
  }
  for (let number = held - 1; number >= 1; number--) {
    const opened = complete[number] ?? below(number)
    // Events sealed with it can't be opened; those that came after can.
    if (opened === undefined) break
    complete[number] = opened
  }
  return { ok: true, value: complete }
}

/** A key for every device that showed that it has one of the workspace's, as it is handed to the server. */
export type HandedKey = { readonly request: NewKey; readonly leftOut: readonly string[] }

/**
 * Key `number` of a ring, sealed for every device of the team that showed that it had one of the ring's keys: no server makes such a proof for a
 * device of its own. `leftOut` names the others, which must join again.
 */
export async function handOver(
  ring: KeyRing,
  number: number,
  devices: Team['devices'],
): Promise<Result<HandedKey, RemoteCode>> {
  const box = await sealing()
  const [key, before] = [ring[number], ring[number - 1]]
  if (key === undefined || before === undefined)
    return refused('key_missing', 'The workspace key is not on this device, so that no other can follow it.')
  const held = Object.values(ring)
  const trusted = devices.filter(
    ({ publicKey, proof }) =>
      publicKey !== null && proof !== null && held.some((each) => box.isDeviceProof(proof, each, publicKey)),
  )
  return {
    ok: true,
    value: {
      request: {
        key: number,
        sealedBefore: box.sealKey(before, key),
        boxes: trusted.map(({ id, publicKey }) => ({
          deviceId: id,
          box: box.sealKeyForDevice(key, publicKey as string),
        })),
      },
      leftOut: devices.filter((device) => !trusted.includes(device)).map(({ name }) => name),
    },
  }
}

/** The key after `newest`, once somebody left, and the ring with it. */
export async function rotation(
  ring: KeyRing,
  newest: number,
  devices: Team['devices'],
): Promise<Result<HandedKey & { readonly ring: KeyRing }, RemoteCode>> {
  if (newest >= mostWorkspaceKeys)
    return refused(
      'key_missing',
      `This workspace has had ${mostWorkspaceKeys} keys, and gets no more: begin a new one for your team.`,
    )
  const next = { ...ring, [newest + 1]: (await sealing()).newWorkspaceKey() }
  const handed = await handOver(next, newest + 1, devices)
  return handed.ok ? { ok: true, value: { ...handed.value, ring: next } } : handed
}
