import { z } from 'zod'
import { digestReport, mostEvidenceBytes } from './agreement.ts'
import {
  chainPlaceAnswer,
  digestReportsAnswer,
  helloAnswer,
  invitedAnswer,
  joinedAnswer,
  keysAnswer,
  pushedAnswer,
  teamAnswer,
} from './answers.ts'
import { helloRequest } from './hello.ts'
import { newKey } from './keys.ts'
import { nudge } from './nudges.ts'
import { pulledPage, pullQuery } from './pull.ts'
import { pushRequest } from './push.ts'
import { inviteRequest, joinRequest, memberChange, teamQuery } from './team.ts'

/** A route of the protocol, as it is declared once. */
export type SyncRoute = {
  readonly path: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly summary: string
  readonly body?: z.ZodType
  readonly query?: z.ZodObject
  readonly answer?: z.ZodType
  readonly status?: 201
  /** The least that a caller has to be; `invite` needs no token. */
  readonly rights:
    | 'invite'
    | 'reader'
    | 'reader, for one’s own copy'
    | 'member'
    | 'owner'
    | 'owner, or one’s own device'
  readonly media?: string
  /** The most bytes of a body that is not JSON. */
  readonly mostBytes?: number
}

const empty = z.null()
const at = '/v1/workspaces/{workspace}'
/** Every route of the protocol, by what it does: the server mounts it, the client calls it, and the OpenAPI document is printed from it. */
export const syncRoutes = {
  join: {
    rights: 'invite',
    path: '/v1/join',
    method: 'POST',
    summary: 'Takes an invite',
    body: joinRequest,
    answer: joinedAnswer,
    status: 201,
  },
  hello: {
    rights: 'reader',
    path: `${at}/hello`,
    method: 'POST',
    summary: 'Greets: who calls, what the server has',
    body: helloRequest,
    answer: helloAnswer,
  },
  push: {
    rights: 'member',
    path: `${at}/push`,
    method: 'POST',
    summary: 'Takes a piece of a chain, whole or not at all',
    body: pushRequest,
    answer: pushedAnswer,
  },
  pull: {
    rights: 'reader',
    path: `${at}/events`,
    method: 'GET',
    summary: 'What comes after a cursor',
    query: pullQuery,
    answer: pulledPage,
  },
  nudges: {
    rights: 'reader',
    path: `${at}/nudges`,
    method: 'GET',
    summary: 'Says whenever the workspace grows (server-sent events)',
    answer: nudge,
    media: 'text/event-stream',
  },
  chainPlace: {
    rights: 'reader',
    path: `${at}/chains/{chain}/{seq}`,
    method: 'GET',
    summary: 'The hash at a place of a chain',
    answer: chainPlaceAnswer,
  },
  team: {
    rights: 'reader',
    path: `${at}/team`,
    method: 'GET',
    summary: 'Members, devices and open invites',
    query: teamQuery,
    answer: teamAnswer,
  },
  invite: {
    rights: 'owner, or one’s own device',
    path: `${at}/invites`,
    method: 'POST',
    summary: 'Invites somebody, or a device of one’s own',
    body: inviteRequest,
    answer: invitedAnswer,
    status: 201,
  },
  withdrawInvite: {
    rights: 'owner',
    path: `${at}/invites/{invite}`,
    method: 'DELETE',
    summary: 'Takes an invite back',
    answer: empty,
  },
  changeRole: {
    rights: 'owner',
    path: `${at}/members/{member}`,
    method: 'PATCH',
    summary: 'Changes a role',
    body: memberChange,
    answer: empty,
  },
  removeMember: {
    rights: 'owner',
    path: `${at}/members/{member}`,
    method: 'DELETE',
    summary: 'Takes a member out',
    answer: empty,
  },
  revokeDevice: {
    rights: 'owner, or one’s own device',
    path: `${at}/devices/{device}`,
    method: 'DELETE',
    summary: 'Revokes a device’s token',
    answer: empty,
  },
  keys: {
    rights: 'reader',
    path: `${at}/keys`,
    method: 'GET',
    summary: 'What opens the workspace keys',
    answer: keysAnswer,
  },
  newKey: {
    rights: 'owner',
    path: `${at}/keys`,
    method: 'POST',
    summary: 'Begins the next workspace key',
    body: newKey,
    answer: empty,
    status: 201,
  },
  reportDigest: {
    rights: 'reader, for one’s own copy',
    path: `${at}/digests`,
    method: 'POST',
    summary: 'Says what a replica’s state comes to',
    body: digestReport,
    answer: digestReportsAnswer,
  },
  putEvidence: {
    rights: 'reader, for one’s own copy',
    path: `${at}/evidence/{chain}`,
    method: 'PUT',
    summary: 'Lays a replica’s trail open',
    mostBytes: mostEvidenceBytes,
    answer: empty,
  },
  getEvidence: {
    rights: 'reader',
    path: `${at}/evidence/{chain}`,
    method: 'GET',
    summary: 'A replica’s trail',
    answer: z.string(),
    media: 'application/octet-stream',
  },
} as const satisfies Record<string, SyncRoute>

type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamsOf<Rest>
  : never

/** The method and the address of a route, with its parameters filled in. */
export function routeTo<const Path extends string>(
  { method, path }: { readonly method: SyncRoute['method']; readonly path: Path },
  params: Readonly<Record<ParamsOf<Path>, string | number>>,
): { readonly method: SyncRoute['method']; readonly path: string } {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: ParamsOf<Path>) => encodeURIComponent(params[name]))
  return { method, path: filled }
}
