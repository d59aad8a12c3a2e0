import { z } from 'zod'
import {
  type ChainPlace,
  chainHead,
  type DigestReports,
  digestReport,
  type Hello,
  type Invited,
  type Joined,
  type Keys,
  type Pushed,
  role,
  serverCursor,
  type Team,
  wireChain,
} from '#contract/sync-protocol.ts'

// What the routes answer with. Tolerant of what a newer server adds; anything else than an answer (a page of a proxy's, half of JSON) is none.

const count = z.int().nonnegative()
const time = z.int()

export const joinedAnswer: z.ZodType<Joined> = z.object({
  token: z.string().min(1),
  deviceId: z.string(),
  workspaceId: z.string(),
  historyId: z.string(),
  name: z.string(),
  encrypted: z.boolean(),
  member: z.object({ id: z.string(), name: z.string(), role }),
})

export const helloAnswer: z.ZodType<Hello> = z.object({
  workspaceId: z.string(),
  historyId: z.string(),
  name: z.string(),
  encrypted: z.boolean(),
  key: count,
  needsKey: z.boolean(),
  member: z.object({ id: z.string(), role }),
  deviceId: z.string(),
  cursor: serverCursor,
  cursorKnown: z.boolean(),
  chains: z.array(z.object({ ...wireChain.shape, ...chainHead.shape })),
  serverChains: z.array(z.string()),
  understands: z.array(z.string().max(100)).max(1_000).default([]),
})

export const pushedAnswer: z.ZodType<Pushed> = z.object({
  stored: count,
  cursor: serverCursor,
  aheadMillis: z.number().optional(),
})

export const chainPlaceAnswer: z.ZodType<ChainPlace> = z.object({ hash: z.string() })

export const teamAnswer: z.ZodType<Team> = z.object({
  members: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      role,
      joinedAt: time,
      removedAt: time.nullable(),
    }),
  ),
  devices: z.array(
    z.object({
      id: z.string(),
      memberId: z.string(),
      name: z.string(),
      createdAt: time,
      seenAt: time.nullable(),
      publicKey: z.string().nullable(),
      proof: z.string().nullable(),
    }),
  ),
  invites: z.array(
    z.object({
      id: z.string(),
      role,
      memberId: z.string().nullable(),
      createdAt: time,
      expiresAt: time,
    }),
  ),
})

export const invitedAnswer: z.ZodType<Invited> = z.object({
  id: z.string(),
  code: z.string(),
  expiresAt: time,
})

export const keysAnswer: z.ZodType<Keys> = z.object({
  key: count,
  box: z.string().nullable(),
  ladder: z.array(z.object({ key: count, sealed: z.string() })),
})

export const digestReportsAnswer: z.ZodType<DigestReports> = z.object({
  reports: z.array(
    z.object({
      ...digestReport.shape,
      device: z.string(),
      member: z.string(),
      at: time,
      evidence: z.boolean(),
    }),
  ),
})
