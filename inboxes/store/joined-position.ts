import type { InboxDatabase } from './open-store.ts'

/** Where the log ended when this copy had first caught up with the server that it joined. */
export type JoinedPosition = {
  readonly position: number
  /** Of the event there, in hexadecimal; `''` where there was none. */
  readonly eventHash: string
}

/** The note of where a copy's history by joining ends, kept beside what sync remembers: it is forgotten with that. */
export function joinedPosition({ client }: InboxDatabase) {
  const read = client.prepare(`SELECT value FROM sync_state WHERE name = 'joined'`).pluck()
  const write = client.prepare(
    `INSERT INTO sync_state (name, value) VALUES ('joined', ?) ON CONFLICT (name) DO NOTHING`,
  )
  return {
    get(): JoinedPosition | undefined {
      const kept = read.get()
      if (typeof kept !== 'string') return undefined
      const [position, eventHash = ''] = kept.split(' ')
      return { position: Number(position), eventHash }
    },
    /** Writes it once; one that is there stays. */
    put({ position, eventHash }: JoinedPosition): void {
      write.run(`${position} ${eventHash}`)
    },
  }
}
