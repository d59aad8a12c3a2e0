import canonicalize from 'canonicalize'
import { v7 as uuidv7 } from 'uuid'
import type { WireEvent } from '#contract/sync-api/wire-events.ts'
import { nextHlc } from '#core/events/event-order.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { genesis, hashEvent, hashPayload } from '#db/log/rows/hash-chain.ts'
import { numberSeal } from '../accounts/secrets.ts'

/**
 * The server's own replica of each workspace. Made anew by each process: a server that was restored to an earlier state was started again, and goes
 * on under another name instead of writing a chain twice.
 */
export type Numbering = {
  chainOf(workspaceId: string): string
  end(workspaceId: string): { readonly seq: number; readonly hash: string; readonly hlc: number }
  move(workspaceId: string, end: { readonly seq: number; readonly hash: string; readonly hlc: number }): void
  /** Begins another chain for a workspace, where the database does not have this one end as it was left. */
  beginAnew(workspaceId: string): void
}

export function numbering(): Numbering {
  type Own = { chain: string; seq: number; hash: string; hlc: number }
  const own = new Map<string, Own>()
  function of(workspaceId: string): Own {
    let found = own.get(workspaceId)
    if (!found) {
      found = { chain: uuidv7(), seq: 0, hash: genesis, hlc: 0 }
      own.set(workspaceId, found)
    }
    return found
  }
  return {
    chainOf: (workspaceId) => of(workspaceId).chain,
    end: of,
    move: (workspaceId, end) => void Object.assign(of(workspaceId), end),
    beginAnew: (workspaceId) => void own.delete(workspaceId),
  }
}

/** The highest number that is taken over: what comes after it still fits the database. */
export const mostNumber = 1_000_000_000

/** An event without a number that is too large to count on from; its issue gets another. */
export function withUsableNumber({ number, ...event }: WireEvent): WireEvent {
  return number === undefined || number > mostNumber ? event : { ...event, number }
}

/** The server's event that gives an issue its number, next in the server's chain; it follows the event that asked for it in every order. */
export function numberIssue(
  book: Numbering,
  workspace: { readonly id: string; readonly secret: string },
  { id: causationId, streamId, hlc: after }: WireEvent,
  number: number,
  now: number,
): WireEvent {
  const chain = book.chainOf(workspace.id)
  const end = book.end(workspace.id)
  const clock = nextHlc(end.hlc, now)
  const hlc = Math.max(clock, after + 1)
  const id = uuidv7()
  const seal = numberSeal(workspace.secret, id, streamId, number)
  const data = canonicalize({ number }) as string
  const metadata = canonicalize({ triggeredBy: 'sync', causationId, seal }) as string
  const header = {
    id,
    streamType: 'issue' as const,
    streamId,
    type: 'numbered',
    schemaVersion: 1,
    actorId: deriveId('server', workspace.id),
    replicaSeq: end.seq + 1,
    hlc,
    occurredAt: now,
  }
  const hash = hashEvent({ ...header, replicaId: chain }, hashPayload(data, metadata), end.hash)
  book.move(workspace.id, { seq: header.replicaSeq, hash, hlc: clock })
  return { ...header, hash, data, metadata }
}
