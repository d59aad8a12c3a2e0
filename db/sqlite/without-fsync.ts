import type { WriteDatabase } from './open-database.ts'

/**
 * Runs work whose commits need not outlast a power cut by themselves: the next one that waits for the disk makes them last, for the file is written
 * in order. For what is derived, and for what comes in pieces, with `waitForDisk` after the last. Not inside a transaction.
 */
export function withoutFsync<T>({ client }: WriteDatabase, work: () => T): T {
  const waits = Number(client.pragma('synchronous', { simple: true })) > 1
  if (!waits) return work()
  client.pragma('synchronous = NORMAL')
  try {
    return work()
  } finally {
    client.pragma('synchronous = FULL')
  }
}

/** Makes all that was committed before outlast a power cut. A commit that writes nothing waits for nothing, so this one writes what is there already. */
export function waitForDisk({ client }: WriteDatabase): void {
  client.pragma(`user_version = ${client.pragma('user_version', { simple: true })}`)
}
