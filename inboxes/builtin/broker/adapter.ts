/** One event on its way to a broker. */
export type Publication = {
  /** Where it belongs, without the prefix: `['issue', 'commented']`. Each part is safe in a subject of any broker. */
  readonly path: readonly string[]
  readonly workspaceId: string
  /** Events of one stream keep their order where a broker orders by key. */
  readonly streamId: string
  /** The delivery's idempotency key. */
  readonly key: string
  readonly contentType: string
  /** The CloudEvent as JSON (structured mode). */
  readonly body: string
}

/** A broker that events are published to. Its connection is made with the first publication, and anew after it was lost. */
export type Broker = {
  /** Settles once the broker confirmed, or rejects with its client's error; never later than the signal. */
  publish(publication: Publication, signal: AbortSignal): Promise<void>
  /** Hangs up. What is under way rejects. */
  close(): Promise<void>
}

/** Where a broker is, and how to get in. */
export type BrokerAddress = {
  readonly url: URL
  /** Without brackets around IPv6. */
  readonly host: string
  readonly port: number
  readonly tls: boolean
  /** PEM of who vouches for the server; the system's authorities where absent. */
  readonly ca: string | undefined
  readonly user: string | undefined
  readonly password: string | undefined
  /** What names of streams, exchanges, topics and subjects begin with. */
  readonly prefix: string
  /** How many entries a Redis stream keeps, roughly; 0 for all. */
  readonly maxLength: number
}

/** How long a client may take to connect, in milliseconds. */
export const connectMillis = 10_000

/** `docket.issue.commented`. */
export const subjectOf = (prefix: string, { path }: Publication): string => [prefix, ...path].join('.')

type TlsOptions = { readonly minVersion: 'TLSv1.2'; readonly ca?: string }

/** What Node's TLS is told; `undefined` where there is none. */
export const tlsOptions = ({ tls, ca }: BrokerAddress): TlsOptions | undefined =>
  tls ? { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) } : undefined

/** How a client may sign in to Kafka; in an address as `?sasl=scram-sha-256`, the first where nothing is said. */
export const saslMechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
