import { createParser } from 'eventsource-parser'
import { type Nudge, nudge } from '#contract/sync-protocol.ts'

export type NudgeOptions = {
  readonly signal: AbortSignal
  /** The stream stands: what came before is nobody's nudge. */
  readonly onOpen: () => void
  readonly onNudge: (nudge: Nudge) => void
  /** Called once, however it ended, but for an abort. */
  readonly onEnd: () => void
  /** How long it may be silent, comments included, in milliseconds. */
  readonly silenceMillis?: number
}

/** The server says something every 15 seconds. */
const longestSilenceMillis = 40_000
/** Of an event that has not come to its end, in characters; past it the parser throws. */
const longestEvent = 65_536

/** Reads a stream of server-sent events until it ends, falls silent or is aborted. Never throws. */
export async function readNudges(
  { signal, onOpen, onNudge, onEnd, silenceMillis = longestSilenceMillis }: NudgeOptions,
  open: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>,
): Promise<void> {
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(), silenceMillis)
  const parser = createParser({
    maxBufferSize: longestEvent,
    onEvent({ event, data }) {
      if (event !== 'nudge') return
      try {
        const parsed = nudge.safeParse(JSON.parse(data))
        if (parsed.success) onNudge(parsed.data)
      } catch {
        // What can't be read nudges all the same at the next round.
      }
    },
  })
  const decoder = new TextDecoder()
  try {
    const body = await open(AbortSignal.any([signal, silence.signal]))
    onOpen()
    for await (const chunk of body) {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), silenceMillis)
      parser.feed(decoder.decode(chunk, { stream: true }))
    }
  } catch {
    // Why it ended is found out by the round that follows.
  } finally {
    clearTimeout(timer)
    if (!signal.aborted) onEnd()
  }
}
