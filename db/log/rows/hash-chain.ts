import { hash } from 'node:crypto'

/** The hash before the first event of a chain. */
export const genesis = '0'.repeat(64)

/** The metadata that is stored as NULL, because nearly every event has it. */
export const plainMetadata = '{"triggeredBy":"manual"}'

/** What an event's hash covers. Places on this replica (`position`, `streamVersion`) are not in it: they differ between replicas. */
export type ChainHeader = {
  readonly actorId: string
  readonly hlc: number
  readonly id: string
  readonly occurredAt: number
  readonly replicaId: string
  readonly replicaSeq: number
  readonly schemaVersion: number
  readonly streamId: string
  readonly streamType: string
  readonly type: string
}

/** SHA-256, lower-case hexadecimal, over the stored bytes: canonical data, a line feed (which canonical JSON never has), canonical metadata. */
export function hashPayload(data: string, metadata: string): string {
  return hash('sha256', `${data}\n${metadata}`, 'hex')
}

/**
 * The mark after an event in a server's order, from the mark before it and the event's hash, all lower-case hexadecimal: server and clients work it
 * out alike, so that nothing can be left out of the order, moved or taken back unseen.
 */
export const nextMark = (mark: string, eventHash: string): string => hash('sha256', mark + eventHash, 'hex')

/** SHA-256, lower-case hexadecimal, over the ends of chains, in the order of their ids: the same only where every chain ends alike. */
export const hashEnds = (
  ends: readonly { readonly chain: string; readonly seq: number; readonly hash: string }[],
): string =>
  hash(
    'sha256',
    inOrder(ends)
      .map(({ chain, seq, hash }) => `${chain} ${seq} ${hash}\n`)
      .join(''),
    'hex',
  )

/** Chains in the order of their ids, which the ids of a server's own are made in. */
export const inOrder = <Of extends { readonly chain: string }>(chains: readonly Of[]): Of[] =>
  chains.toSorted((a, b) => (a.chain < b.chain ? -1 : 1))

/**
 * SHA-256, lower-case hexadecimal, over the canonical JSON (RFC 8785) of the header with `payloadHash` and `prevHash`, both hexadecimal. Every value is an
 * id, a name or an integer, so the canonical form is written out here: keys sorted, nothing to escape.
 */
export function hashEvent(header: ChainHeader, payloadHash: string, prevHash: string): string {
  const canonical =
    `{"actorId":"${header.actorId}","hlc":${header.hlc},"id":"${header.id}","occurredAt":${header.occurredAt},` +
    `"payloadHash":"${payloadHash}","prevHash":"${prevHash}","replicaId":"${header.replicaId}",` +
    `"replicaSeq":${header.replicaSeq},"schemaVersion":${header.schemaVersion},"streamId":"${header.streamId}",` +
    `"streamType":"${header.streamType}","type":"${header.type}"}`
  return hash('sha256', canonical, 'hex')
}
