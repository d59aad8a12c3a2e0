import type { Role } from '#contract/sync-api/team.ts'

/** The member and device that a token belongs to. */
export type Caller = {
  readonly workspaceId: string
  readonly memberId: string
  readonly deviceId: string
  readonly role: Role
}
