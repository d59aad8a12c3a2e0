import { z } from 'zod'
import { maxTitleLength } from '#core/text/text.ts'
import { type DigestReports, digestReport } from './agreement.ts'
import type { Hello } from './hello.ts'
import { type Keys, mostWorkspaceKeys } from './keys.ts'
import type { ChainPlace } from './pull.ts'
import type { Pushed } from './push.ts'
import { type AnsweredTeam, type Invited, type Joined, role } from './team.ts'
import { chainHead, serverCursor, wireChain } from './wire-events.ts'

// What the routes answer with, as they declare it (`routes.ts`) and as the client reads it. An object here is never strict: a newer server adds
// fields that an older client passes over. What is bounded is so on purpose, since a server may be hostile: it is no promise of the server's.

const count = z.int().nonnegative()
const time = z.int()
/** What is only shown: cut, so that one name that is too long takes nothing else with it. */
const shown = z.string().overwrite((text) => text.slice(0, maxTitleLength))
/** What is kept or sent back: an id, a code, a token. */
const short = z.string().max(300)
/** A public key, a proof, a key in a box: what is longer than any of them is none, and takes nothing else with it. */
const sealedKey = z
  .string()
  .nullable()
  .overwrite((text) => (text !== null && text.length <= 300 ? text : null))

const id = z.uuid()

export const joinedAnswer: z.ZodType<Joined> = z.object({
  token: short.min(1),
  deviceId: id,
  workspaceId: id,
  historyId: id,
  name: shown,
  encrypted: z.boolean(),
  member: z.object({ id, name: shown, role }),
})

export const helloAnswer: z.ZodType<Hello> = z.object({
  workspaceId: short,
  historyId: short,
  name: shown,
  encrypted: z.boolean(),
  key: count,
  needsKey: z.boolean(),
  member: z.object({ id: short, role }),
  deviceId: short,
  cursor: serverCursor,
  cursorKnown: z.boolean(),
  chains: z.array(z.object({ ...wireChain.shape, ...chainHead.shape })),
  serverChains: z.array(short),
  finished: count.optional(),
  /** Servers of the first release do not say. */
  understands: z.array(z.string().max(100)).max(1_000).default([]),
})

export const pushedAnswer: z.ZodType<Pushed> = z.object({
  stored: count,
  cursor: serverCursor,
  /** Only shown: a part of a millisecond spoils no push. */
  aheadMillis: z.number().optional(),
})

export const chainPlaceAnswer: z.ZodType<ChainPlace> = z.object({ hash: short })

export const teamAnswer: z.ZodType<AnsweredTeam> = z.object({
  members: z.array(
    z.object({
      id: short,
      name: shown,
      role,
      joinedAt: time,
      removedAt: time.nullable(),
    }),
  ),
  devices: z.array(
    z.object({
      id: short,
      memberId: short,
      name: shown,
      createdAt: time,
      seenAt: time.nullable(),
      publicKey: sealedKey,
      proof: sealedKey,
    }),
  ),
  invites: z.array(
    z.object({
      id: short,
      role,
      memberId: short.nullable(),
      createdAt: time,
      expiresAt: time,
    }),
  ),
  /** Older servers answer with all at once, and say nothing of a next page. */
  next: short.nullish(),
})

export const invitedAnswer: z.ZodType<Invited> = z.object({
  id: short,
  code: short,
  expiresAt: time,
})

export const keysAnswer: z.ZodType<Keys> = z.object({
  key: count,
  box: sealedKey,
  ladder: z.array(z.object({ key: count, sealed: short })).max(mostWorkspaceKeys),
})

export const digestReportsAnswer: z.ZodType<DigestReports> = z.object({
  reports: z.array(
    z.object({
      ...digestReport.shape,
      device: shown,
      member: shown,
      at: time,
      evidence: z.boolean(),
    }),
  ),
})
