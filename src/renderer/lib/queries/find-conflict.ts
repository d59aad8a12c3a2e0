import { callHost } from './call-host.ts'

/** The conflict in which an event lost; `null` where there is none, or the host does not say. */
export async function conflictLostBy(eventId: string, issueId: string): Promise<string | null> {
  const page = await callHost('conflicts.list', { issueId, show: 'all', limit: 500 }).catch(() => null)
  return page?.conflicts.find(({ lost }) => lost.eventId === eventId)?.id ?? null
}
