import type { DigestReport } from '#contract/sync-api/agreement.ts'
import type { NewKey } from '#contract/sync-api/keys.ts'
import type { Role, Team, TeamPage } from '#contract/sync-api/team.ts'
import type { ServerDatabase } from '../database/server-database.ts'
import type { AccountsContext } from './accounts-context.ts'
import type { Caller } from './caller.ts'
import { callerOf, ownerOf, revokeDevice } from './devices.ts'
import { putEvidence, readEvidence, reportDigest } from './digests.ts'
import { inviteMember, type NewInvite, withdrawInvite } from './invites.ts'
import { join } from './join.ts'
import { beginKey, readKeys } from './keys.ts'
import { changeRole, removeMember } from './members.ts'
import { teamPage, wholeTeam } from './team.ts'
import { countStoredEvents, createWorkspace, listWorkspaces } from './workspaces.ts'

/** Workspaces, members, devices and invites of a server. Times in milliseconds since 1970. */
export type Accounts = ReturnType<typeof accounts>

/** Accounts of a server: its operations, bound to a database and a clock. */
export function accounts(database: ServerDatabase, now: () => number) {
  const context: AccountsContext = { database, now }
  return {
    createWorkspace: (name: string) => createWorkspace(context, name),
    workspaces: () => listWorkspaces(context),
    storedEvents: () => countStoredEvents(context),
    invite: (workspaceId: string, invite: NewInvite, createdBy?: string) =>
      inviteMember(context, workspaceId, invite, createdBy),
    withdrawInvite: (workspaceId: string, id: string) => withdrawInvite(context, workspaceId, id),
    join: (request: Parameters<typeof join>[1]) => join(context, request),
    callerOf: (token: string) => callerOf(context, token),
    ownerOf: (workspaceId: string, device: string) => ownerOf(context, workspaceId, device),
    revokeDevice: (workspaceId: string, device: string) => revokeDevice(context, workspaceId, device),
    /** The whole team, as an older client takes it; see {@link wholeTeam}. */
    team: (workspaceId: string): Promise<Team> =>
      database.inWorkspace(workspaceId, 'read', (within) => wholeTeam(within, workspaceId, now())),
    teamPage: (workspaceId: string, query: Parameters<typeof teamPage>[2]): Promise<TeamPage> =>
      database.inWorkspace(workspaceId, 'read', (within) => teamPage(within, workspaceId, query, now())),
    changeRole: (workspaceId: string, member: string, role: Role) =>
      changeRole(context, workspaceId, member, role),
    removeMember: (workspaceId: string, member: string) => removeMember(context, workspaceId, member),
    keys: (caller: Caller) => readKeys(context, caller),
    newKey: (caller: Caller, key: NewKey) => beginKey(context, caller, key),
    reportDigest: (caller: Caller, report: DigestReport) => reportDigest(context, caller, report),
    putEvidence: (caller: Caller, chain: string, evidence: Uint8Array) =>
      putEvidence(context, caller, chain, evidence),
    evidence: (workspaceId: string, chain: string) => readEvidence(context, workspaceId, chain),
  }
}
