import type { MissingPayload } from '../../store/sync-memory.ts'
import type { RoundOptions } from './round-types.ts'

/** Pages that are asked for once more after a greeting. */
const mostPages = 5
/** Events and bytes of a request, as pulls have them. */
const limit = 1_000
const bytes = 2_097_152

/**
 * Asks for the pages once more on which events came without a payload that could be read: a server that was mended, or a key that is here by now, makes
 * them whole. A few pages a greeting, those asked for longest ago first; what goes wrong is no trouble of the round's.
 */
export async function askForMissing(
  { server, memory, open, receive }: RoundOptions,
  check: () => void,
): Promise<void> {
  const pages = [...Map.groupBy(memory.missing(), ({ after }) => after.seq).values()]
  for (const missing of pages.slice(0, mostPages)) {
    check()
    const [{ after }] = missing as [MissingPayload]
    const page = await server.pull({ after: after.seq, mark: after.mark, limit, bytes })
    if (!page.ok) return
    const wanted = new Set(missing.map(({ id }) => id))
    const events = page.value.events.flatMap(({ chain, event }) => {
      const opened = wanted.has(event.id) ? open(event) : undefined
      return opened?.ok && opened.value.data !== undefined ? [{ chain, event: opened.value }] : []
    })
    const ids = events.map(({ event }) => event.id)
    if (events.length > 0 && !(await receive({ chains: page.value.chains, events })).ok) return
    memory.dropMissing([...wanted])
    memory.keepMissing(missing.filter(({ id }) => !ids.includes(id)))
  }
}
