import type { ServerDatabase } from '../database/server-database.ts'
import { nudgeChannel } from '../database/workspace-notices.ts'

/** Who waits for which workspace to grow. */
export type Nudges = {
  /** @param heard called with the newest place; 0 where something other than events changed, `null` where the place has to be looked up. @returns a function that ends it. */
  on(workspaceId: string, heard: (seq: number | null) => void): () => void
  readonly listeners: number
  close(): Promise<void>
}

/** Hears the pushes of every process that shares the database. */
export async function nudges(database: ServerDatabase): Promise<Nudges> {
  const waiting = new Map<string, Set<(seq: number | null) => void>>()
  const end = await database.listen(nudgeChannel, (payload) => {
    const [workspaceId = '', seq] = payload.split(' ')
    // Nothing said: something may have been missed while the connection was away.
    if (payload === '') for (const each of waiting.values()) for (const heard of each) heard(null)
    else for (const heard of waiting.get(workspaceId) ?? []) heard(Number(seq))
  })
  return {
    on(workspaceId, heard) {
      const here = waiting.get(workspaceId) ?? new Set()
      waiting.set(workspaceId, here.add(heard))
      return () => {
        here.delete(heard)
        if (here.size === 0) waiting.delete(workspaceId)
      }
    },
    get listeners() {
      return [...waiting.values()].reduce((sum, each) => sum + each.size, 0)
    },
    close: end,
  }
}
