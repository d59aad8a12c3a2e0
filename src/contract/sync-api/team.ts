import { z } from 'zod'
import { handle } from '#core/entities/entity-schemas.ts'
import { line } from '#core/text/text.ts'
import { base64Of, deviceKeyBytes, wireId } from './wire-values.ts'

export const roles = ['owner', 'member', 'reader'] as const
export const role = z.enum(roles)
export type Role = z.infer<typeof role>

/** `POST /v1/join`: takes an invite. The key of an encrypted workspace is part of the invite's text and is never sent. */
export const joinRequest = z.strictObject({
  code: z.string().min(1).max(200),
  /**
   * A secret of whoever joins, made up for this invite: asked again with it, after an answer that was lost, the invite gives the same device a new
   * token.
   */
  attempt: z.string().min(20).max(200).optional(),
  device: z.strictObject({
    name: line,
    /** X25519, base64: workspace keys are sealed for it. `proof` shows that the device has the workspace key. */
    publicKey: base64Of(deviceKeyBytes).optional(),
    proof: base64Of(deviceKeyBytes).optional(),
  }),
  /** Who this copy has been so far; the server says who it is from now on. */
  member: z.strictObject({ id: wireId, name: line, handle: handle.optional() }),
  /** The stream of this copy's own workspace events, which a workspace without any takes over. */
  historyId: wireId,
})
export type JoinRequest = z.input<typeof joinRequest>
export type Joined = {
  readonly token: string
  readonly deviceId: string
  readonly workspaceId: string
  /** The stream of the workspace's own events. */
  readonly historyId: string
  readonly name: string
  readonly encrypted: boolean
  /** Where it differs from the member of the request: this is another device of somebody who was there already. */
  readonly member: { readonly id: string; readonly name: string; readonly role: Role }
}

/** `GET /v1/workspaces/{id}/team`. */
export type Team = {
  readonly members: readonly {
    readonly id: string
    readonly name: string
    readonly role: Role
    readonly joinedAt: number
    readonly removedAt: number | null
  }[]
  readonly devices: readonly {
    readonly id: string
    readonly memberId: string
    readonly name: string
    readonly createdAt: number
    readonly seenAt: number | null
    readonly publicKey: string | null
    readonly proof: string | null
  }[]
  /** Not taken and not out of date. */
  readonly invites: readonly {
    readonly id: string
    readonly role: Role
    /** Set where it is for another device of somebody who is a member. */
    readonly memberId: string | null
    readonly createdAt: number
    readonly expiresAt: number
  }[]
}
/** `GET /v1/workspaces/{id}/team?limit=&after=`: with a limit it is answered page by page; older servers answer with all at once and no `next`. */
export const teamQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).optional(),
  /** What the page before said is next. */
  after: z
    .string()
    .regex(
      /^(members|devices|invites):([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?$/,
      'is no place in a team',
    )
    .optional(),
})
export type TeamQuery = z.output<typeof teamQuery>
export type TeamPage = Team & { readonly next: string | null }
/** A page as a client finds it; a server that does not know pages sends everything, and nothing of a next one. */
export type AnsweredTeam = Team & { readonly next?: string | null | undefined }
/** `POST /v1/workspaces/{id}/invites`, owners only but for a further device of one's own. Taken once. */
export const inviteRequest = z.strictObject({
  role: role.default('member'),
  memberId: wireId.optional(),
  hours: z
    .int()
    .min(1)
    .max(24 * 30)
    .default(72),
})
export type InviteRequest = z.input<typeof inviteRequest>
export type Invited = { readonly id: string; readonly code: string; readonly expiresAt: number }
/** `PATCH /v1/workspaces/{id}/members/{member}`, owners only; the last owner stays one. `DELETE` removes the member and revokes every token. */
export const memberChange = z.strictObject({ role })
