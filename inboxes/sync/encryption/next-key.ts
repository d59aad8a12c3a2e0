import type { Team } from '#contract/sync-api/team.ts'
import type { RemoteCode, Result } from '#core/values/refusal.ts'
import type { WorkspaceClient } from '../server/server-client.ts'
import type { KeptKeys } from './sync-settings.ts'
import { handOver, newestOf, rotation } from './workspace-keys.ts'

type Client = Pick<WorkspaceClient, 'team' | 'newKey'>

/**
 * Begins the key after the newest that is here, for whoever left knows that one. Of two owners who do so at once one gets `key_taken`: the other's
 * key is the next.
 * @param onServer the newest key that the server knows: where it was put back, what it lost goes there first.
 * @returns the keys with the new one, to be kept.
 */
export async function beginNextKey(
  client: Client,
  kept: KeptKeys,
  onServer: number,
): Promise<Result<KeptKeys, RemoteCode>> {
  const team = await client.team()
  if (!team.ok) return team
  const newest = newestOf(kept.ring)
  const restored = await bringBack(client, kept, { from: onServer + 1, to: newest }, team.value.devices)
  if (!restored.ok) return restored
  const next = await rotation(kept.ring, newest, team.value.devices)
  if (!next.ok) return next
  const begun = await client.newKey(next.value.request)
  return begun.ok ? { ok: true, value: { ...kept, ring: next.value.ring } } : begun
}

/** Hands keys that a restored server lost to it again, lowest first: devices that were away take a key only where it follows from theirs. */
async function bringBack(
  client: Client,
  { ring }: KeptKeys,
  { from, to }: { readonly from: number; readonly to: number },
  devices: Team['devices'],
): Promise<Result<unknown, RemoteCode>> {
  for (let number = from; number <= to; number++) {
    const handed = await handOver(ring, number, devices)
    // A device that joined late may not have those before; the ladder has a gap then.
    if (!handed.ok) continue
    const answer = await client.newKey(handed.value.request)
    if (!answer.ok && answer.error.code !== 'key_taken') return answer
  }
  return { ok: true, value: null }
}
