import { z } from 'zod'

/** 8-4-4-4-12 lower-case hexadecimal, any UUID version; Docket mints version 7 and derives version 8. */
const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'is not an id (a lower-case UUID)')

export const eventId = uuid.brand<'EventId'>()
export const issueId = uuid.brand<'IssueId'>()
export const memberId = uuid.brand<'MemberId'>()
export const labelId = uuid.brand<'LabelId'>()
export const projectId = uuid.brand<'ProjectId'>()
export const commentId = uuid.brand<'CommentId'>()
export const ruleId = uuid.brand<'RuleId'>()
export const eventTypeId = uuid.brand<'EventTypeId'>()
export const replicaId = uuid.brand<'ReplicaId'>()
/** Any stream, whatever its type. An `IssueId` is one. */
export const streamId = uuid.brand<'StreamId'>()

export type EventId = z.infer<typeof eventId>
export type IssueId = z.infer<typeof issueId>
export type MemberId = z.infer<typeof memberId>
export type LabelId = z.infer<typeof labelId>
export type ProjectId = z.infer<typeof projectId>
export type CommentId = z.infer<typeof commentId>
export type ReplicaId = z.infer<typeof replicaId>
export type StreamId = z.infer<typeof streamId>

/** Whether an id was worked out (UUID version 8) from what it stands for, as anybody may, instead of minted (version 7), which gives each but once. */
export const isDerivedId = (id: string): boolean => id.charAt(14) === '8'

/** Arrival order on this replica: 1, 2, 3 … What projections and inboxes keep as checkpoint. */
export const position = z.int().nonnegative().brand<'Position'>()
export type Position = z.infer<typeof position>

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Millis = number

/** Mints a fresh time-ordered id. Passed in, so that the core stays free of clocks and randomness. */
export type NewId = () => string
