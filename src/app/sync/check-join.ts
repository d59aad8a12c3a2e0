import type { Invite } from '#contract/invite-text.ts'
import { mostWorkspaceKeys } from '#contract/sync-api/keys.ts'
import type { Joined } from '#contract/sync-api/team.ts'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import { type DeviceKeys, sealing } from '#inboxes/sync/encryption/encryption.ts'
import { openKeys } from '#inboxes/sync/encryption/workspace-keys.ts'
import type { WorkspaceClient } from '#inboxes/sync/server/server-client.ts'

/** A workspace key with its number. */
export type NumberedKey = { readonly number: number; readonly value: string }

/** The workspace key that an invite brings; `undefined` where it has none. Refuses with `invalid_input` where what it has is none. */
export async function keyOf({ key }: Invite): Promise<Result<NumberedKey | undefined>> {
  if (key === undefined) return done(undefined)
  const [, digits = '', value = ''] = /^(\d{1,6}):(.+)$/.exec(key) ?? []
  const number = Number(digits)
  if (number < 1 || number > mostWorkspaceKeys || !(await sealing()).isKey(value))
    return refuse(
      'invalid_input',
      'The workspace key in that invite is damaged: copy the invite again, from its first character to its last. Nothing was sent.',
    )
  return done({ number, value })
}

/** What a join goes by, whatever the server says. */
export type JoinTerms = {
  readonly invite: Invite
  /** The key that the invite brought. */
  readonly given: NumberedKey | undefined
  /** The key that this join begins encryption with. */
  readonly first: NumberedKey | undefined
  readonly device: DeviceKeys
}

/**
 * Holds what the server answered to a join against the invite: its workspace, and that it is encrypted where there is a key or somebody wants one.
 * Refuses with `wrong_workspace`, `encryption_denied` and `key_missing`; nothing of this workspace was sent by then.
 * @param client the workspace as this device sees it now.
 */
export async function checkJoin(
  { invite, given, first, device }: JoinTerms,
  { workspaceId, deviceId, encrypted }: Joined,
  client: Pick<WorkspaceClient, 'keys' | 'revokeDevice'>,
): Promise<Result<null>> {
  if (invite.workspaceId !== undefined && invite.workspaceId !== workspaceId)
    return refuse(
      'wrong_workspace',
      'The server answered with another workspace than the invite is for. Nothing of this workspace was sent; ask whoever invited you.',
      { invite: invite.workspaceId, answered: workspaceId },
    )
  if (given && !encrypted)
    return refuse(
      'encryption_denied',
      'The invite is for an encrypted workspace, and the server says that it is not encrypted. Nothing of this workspace was sent; ask whoever invited you, and whoever runs the server.',
    )
  if (given || !encrypted) return done(null)
  // An earlier attempt with the same invite may have begun encryption: then the key is the one that it made.
  if (first && (await isBegun(first.value, device, client))) return done(null)
  // That invite can get nobody in: the device would stay on the team's list for nothing.
  await client.revokeDevice(deviceId)
  return refuse(
    'key_missing',
    'This workspace is encrypted already, and the invite has no key: ask an owner for one that was made in Docket (Settings → Team → Invite…, or docket team invite). Nothing of this workspace was sent.',
  )
}

async function isBegun(
  key: string,
  device: DeviceKeys,
  client: Pick<WorkspaceClient, 'keys'>,
): Promise<boolean> {
  const keys = await client.keys()
  if (!keys.ok) return false
  if (keys.value.key > 1) return (await openKeys(keys.value, { 1: key }, device)).ok
  return keys.value.box !== null && (await sealing()).openKeyBox(keys.value.box, device) === key
}
