import type { Answer } from './round.ts'
import type { WorkspaceClient } from './server-client.ts'
import type { KeptKeys } from './sync-settings.ts'
import { rotation } from './workspace-keys.ts'

/**
 * Begins the key after `newest`, for whoever left knows that one. Of two owners who do so at once one gets `key_taken`: the other's key is the next.
 * @returns the keys with the new one, to be kept.
 */
export async function beginNextKey(
  client: Pick<WorkspaceClient, 'team' | 'newKey'>,
  kept: KeptKeys,
  newest: number,
): Promise<Answer<KeptKeys>> {
  const team = await client.team()
  if (!team.ok) return team
  const next = await rotation(kept.ring, newest, team.value.devices)
  if (!next.ok) return next
  const begun = await client.newKey(next.value.request)
  return begun.ok ? { ok: true, value: { ...kept, ring: next.value.ring } } : begun
}
