import { z } from 'zod'
import { event } from '../events/event-type.ts'
import { memberId, replicaId } from '../values/ids.ts'
import { firstInstant, lastInstant } from './instant.ts'

/** The most places of a chain that one event corrects. */
export const correctedAtOnce = 10_000
const mostMillis = lastInstant - firstInstant

/** A range of a chain and what to add to its times. */
export const correctedRange = z
  .object({
    /** The chain's key: its replica's id, or a fork's own. */
    chain: replicaId,
    fromSeq: z.int().min(1),
    /** Included. */
    toSeq: z.int().min(1),
    byMillis: z
      .int()
      .min(-mostMillis)
      .max(mostMillis)
      .refine((by) => by !== 0, 'is nothing'),
  })
  .refine(({ fromSeq, toSeq }) => fromSeq <= toSeq, 'ends before it begins')
  .refine(
    ({ fromSeq, toSeq }) => toSeq - fromSeq < correctedAtOnce,
    `is of more than ${correctedAtOnce} events`,
  )

/**
 * Says of a range of a chain that its times are off by so much: everything that goes by time counts those events as having happened `byMillis` later
 * (earlier where it is below zero). Several add up; the same with the opposite sign undoes one. By the chain's own member or an owner, else it has no effect.
 */
export const timesCorrected = event('times_corrected', 1, correctedRange)
export type TimesCorrected = {
  readonly type: 'times_corrected'
  readonly data: z.infer<typeof timesCorrected.schema>
}

/** As many as a workspace has members. */
const ownersAtMost = 1_000

/**
 * Says who the owners are, all of them, as the server's list of members has it: by one whom the log knows as an owner, else it has no effect. The first is
 * whoever made the workspace. Until the roster is history, this is how every copy comes to the same answer to who may correct other people's times.
 */
export const ownersNoted = event(
  'owners_noted',
  1,
  z.object({ owners: z.array(memberId).min(1).max(ownersAtMost) }),
)
export type OwnersNoted = {
  readonly type: 'owners_noted'
  readonly data: { readonly owners: readonly string[] }
}
