import { type SyncRefusalCode, syncRefusals } from '#contract/sync-api/refusals.ts'

/** What the server won't do, and why. Thrown, so that the transaction it happens in ends without a trace; becomes the answer. */
export class ServerRefusal extends Error {
  readonly code: SyncRefusalCode
  readonly status: number
  readonly details: Readonly<Record<string, unknown>> | undefined
  readonly retryAfterSeconds: number | undefined
  constructor(
    code: SyncRefusalCode,
    message: string,
    details?: Readonly<Record<string, unknown>>,
    retryAfterSeconds?: number,
  ) {
    super(message)
    this.name = 'ServerRefusal'
    this.code = code
    this.status = syncRefusals[code]
    this.details = details
    this.retryAfterSeconds = retryAfterSeconds
  }
}

type Failure = { readonly code?: unknown; readonly message?: unknown; readonly cause?: unknown }

export const diskFull = (): ServerRefusal =>
  new ServerRefusal(
    'disk_full',
    'The server has no room left; nothing was stored. Try again later.',
    undefined,
    30,
  )

/** Postgres' and the system's words for a full disk, and for a database that is away. */
const full = new Set(['53100', 'ENOSPC', '53200'])
const away = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P03',
  '08000',
  '08003',
  '08006',
  '53300',
  // Its own limits on how long anything may take or wait, and two that waited for each other.
  '25P03',
  '40001',
  '40P01',
  '55P03',
  '57014',
])

/** What a database's error means to a client; `undefined` for a bug. */
export function databaseTrouble(error: unknown): ServerRefusal | undefined {
  for (let at = error as Failure | undefined, depth = 0; at && depth < 5; at = at.cause as Failure, depth++) {
    const code = String(at.code ?? '')
    const message = String(at.message ?? '')
    if (full.has(code) || /no space left|disk full/i.test(message)) return diskFull()
    if (
      away.has(code) ||
      /connection terminated|timeout exceeded when trying to connect|query read timeout|is not queryable|PGlite is closed/i.test(
        message,
      )
    )
      return new ServerRefusal(
        'unavailable',
        'The server’s database is away just now; nothing was stored.',
        undefined,
        1,
      )
  }
  return undefined
}
