import { z } from 'zod'
import { createDocument } from 'zod-openapi'
import { digestReport } from '#contract/sync-api/agreement.ts'
import { helloRequest } from '#contract/sync-api/hello.ts'
import { newKey } from '#contract/sync-api/keys.ts'
import { nudge } from '#contract/sync-api/nudges.ts'
import { protocolHeader, protocolVersion } from '#contract/sync-api/protocol.ts'
import { pulledPage, pullQuery } from '#contract/sync-api/pull.ts'
import { pushRequest } from '#contract/sync-api/push.ts'
import { syncRefusal } from '#contract/sync-api/refusals.ts'
import { inviteRequest, joinRequest, memberChange, role, teamQuery } from '#contract/sync-api/team.ts'
import { chainHead, serverCursor, wireChain } from '#contract/sync-api/wire-events.ts'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Route = {
  readonly path: string
  readonly method: Method
  readonly summary: string
  readonly body?: z.ZodType
  readonly query?: z.ZodObject
  readonly answer?: z.ZodType
  readonly status?: '200' | '201'
  /** Without a token. */
  readonly open?: true
  readonly media?: string
}

const id = z.string()
const empty = z.null()
const joined = z.object({
  token: z.string(),
  deviceId: id,
  workspaceId: id,
  historyId: id,
  name: z.string(),
  encrypted: z.boolean(),
  member: z.object({ id, name: z.string(), role }),
})
const hello = z.object({
  workspaceId: id,
  historyId: id,
  name: z.string(),
  encrypted: z.boolean(),
  key: z.int(),
  needsKey: z.boolean(),
  member: z.object({ id, role }),
  deviceId: id,
  cursor: serverCursor,
  cursorKnown: z.boolean(),
  chains: z.array(wireChain.extend(chainHead.shape)),
  serverChains: z.array(id),
  finished: z.int().optional(),
  understands: z.array(z.string()),
})
const pushed = z.object({ stored: z.int(), cursor: serverCursor, aheadMillis: z.int().optional() })
const team = z.object({
  members: z.array(
    z.object({ id, name: z.string(), role, joinedAt: z.int(), removedAt: z.int().nullable() }),
  ),
  devices: z.array(
    z.object({
      id,
      memberId: id,
      name: z.string(),
      createdAt: z.int(),
      seenAt: z.int().nullable(),
      publicKey: z.string().nullable(),
      proof: z.string().nullable(),
    }),
  ),
  invites: z.array(z.object({ id, role, memberId: id.nullable(), createdAt: z.int(), expiresAt: z.int() })),
  next: z.string().nullable().optional(),
})
const invited = z.object({ id, code: z.string(), expiresAt: z.int() })
const keys = z.object({
  key: z.int(),
  box: z.string().nullable(),
  ladder: z.array(z.object({ key: z.int(), sealed: z.string() })),
})
const reports = z.object({
  reports: z.array(
    digestReport.extend({
      device: z.string(),
      member: z.string(),
      at: z.int(),
      evidence: z.boolean(),
    }),
  ),
})

const at = '/v1/workspaces/{workspace}'
const routes: readonly Route[] = [
  {
    path: '/v1/join',
    method: 'post',
    summary: 'Takes an invite',
    body: joinRequest,
    answer: joined,
    status: '201',
    open: true,
  },
  {
    path: `${at}/hello`,
    method: 'post',
    summary: 'Greets: who calls, what the server has',
    body: helloRequest,
    answer: hello,
  },
  {
    path: `${at}/push`,
    method: 'post',
    summary: 'Takes a piece of a chain, whole or not at all',
    body: pushRequest,
    answer: pushed,
  },
  {
    path: `${at}/events`,
    method: 'get',
    summary: 'What comes after a cursor',
    query: pullQuery,
    answer: pulledPage,
  },
  {
    path: `${at}/nudges`,
    method: 'get',
    summary: 'Says whenever the workspace grows (server-sent events)',
    answer: nudge,
    media: 'text/event-stream',
  },
  {
    path: `${at}/chains/{chain}/{seq}`,
    method: 'get',
    summary: 'The hash at a place of a chain',
    answer: z.object({ hash: z.string() }),
  },
  {
    path: `${at}/team`,
    method: 'get',
    summary: 'Members, devices and open invites',
    query: teamQuery,
    answer: team,
  },
  {
    path: `${at}/invites`,
    method: 'post',
    summary: 'Invites somebody, or a device of one’s own',
    body: inviteRequest,
    answer: invited,
    status: '201',
  },
  { path: `${at}/invites/{invite}`, method: 'delete', summary: 'Takes an invite back', answer: empty },
  {
    path: `${at}/members/{member}`,
    method: 'patch',
    summary: 'Changes a role',
    body: memberChange,
    answer: empty,
  },
  { path: `${at}/members/{member}`, method: 'delete', summary: 'Takes a member out', answer: empty },
  { path: `${at}/devices/{device}`, method: 'delete', summary: 'Revokes a device’s token', answer: empty },
  { path: `${at}/keys`, method: 'get', summary: 'What opens the workspace keys', answer: keys },
  {
    path: `${at}/keys`,
    method: 'post',
    summary: 'Begins the next workspace key',
    body: newKey,
    answer: empty,
    status: '201',
  },
  {
    path: `${at}/digests`,
    method: 'post',
    summary: 'Says what a replica’s state comes to',
    body: digestReport,
    answer: reports,
  },
  { path: `${at}/evidence/{chain}`, method: 'put', summary: 'Lays a replica’s trail open', answer: empty },
  {
    path: `${at}/evidence/{chain}`,
    method: 'get',
    summary: 'A replica’s trail',
    answer: z.string(),
    media: 'application/octet-stream',
  },
]

const parameters = (path: string) =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name: name as string,
    in: 'path' as const,
    required: true,
    schema: { type: 'string' as const },
  }))

let document: ReturnType<typeof createDocument> | undefined

/** The OpenAPI document, made of the schemas that the routes check with. */
export function openApiDocument(): ReturnType<typeof createDocument> {
  document ??= createDocument({
    openapi: '3.1.0',
    info: { title: 'Docket sync server', version: String(protocolVersion) },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths: routes.reduce<Record<string, Record<string, object>>>((paths, route) => {
      const { path, method, summary, body, query, answer, status = '200', open, media } = route
      paths[path] = {
        ...paths[path],
        [method]: {
          summary,
          ...(open ? {} : { security: [{ token: [] }] }),
          parameters: [
            ...parameters(path),
            {
              name: protocolHeader,
              in: 'header',
              required: true,
              schema: { type: 'string', const: String(protocolVersion) },
            },
          ],
          ...(query ? { requestParams: { query } } : {}),
          ...(body ? { requestBody: { content: { 'application/json': { schema: body } } } } : {}),
          responses: {
            [status]: {
              description: 'Done',
              ...(answer ? { content: { [media ?? 'application/json']: { schema: answer } } } : {}),
            },
            default: {
              description: 'Refused, with a code and a sentence',
              content: { 'application/json': { schema: syncRefusal } },
            },
          },
        },
      }
      return paths
    }, {}),
  })
  return document
}
