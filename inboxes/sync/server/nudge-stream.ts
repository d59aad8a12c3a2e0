import { createParser } from 'eventsource-parser'
import { closedStream, type Nudge, nudge } from '#contract/sync-api/nudges.ts'

export type NudgeOptions = {
  readonly signal: AbortSignal
  /** Something was heard, so that the stream stands: what came before is nobody's nudge. */
  readonly onOpen: () => void
  readonly onNudge: (nudge: Nudge) => void
  /** The device has too many streams, and this one was closed for a newer: no other is to be opened by itself. `onEnd` follows. */
  readonly onClosed?: () => void
  /** Called once, however it ended, but for an abort. */
  readonly onEnd: () => void
  /** How long it may be silent, comments included, in milliseconds. */
  readonly silenceMillis?: number
  /** How long the first word may take from the asking on, in milliseconds. */
  readonly firstWordMillis?: number
}

/** The server says something every 15 seconds. */
const longestSilenceMillis = 40_000
/** It says its first word at once: where that does not come, something on the way holds it back until there is more, maybe with the answer's head. */
const longestHeldBackMillis = 8_000
/** Of an event that has not come to its end, in characters; past it the parser throws. */
const longestEvent = 65_536

/** Reads a stream of server-sent events until it ends, falls silent or is aborted. Never throws. */
export async function readNudges(
  {
    signal,
    onOpen,
    onNudge,
    onClosed,
    onEnd,
    silenceMillis = longestSilenceMillis,
    firstWordMillis = longestHeldBackMillis,
  }: NudgeOptions,
  open: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>,
): Promise<void> {
  const silence = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const expectWithin = (millis: number): void => {
    clearTimeout(timer)
    timer = setTimeout(() => silence.abort(), millis)
  }
  let stands = false
  /** Something came that is a server's, not what a proxy made of it. */
  const onMessage = (): void => {
    expectWithin(silenceMillis)
    if (!stands) onOpen()
    stands = true
  }
  const parser = createParser({
    maxBufferSize: longestEvent,
    onComment: onMessage,
    onEvent({ event, data }) {
      onMessage()
      if (event === closedStream) onClosed?.()
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
    expectWithin(firstWordMillis)
    const body = await open(AbortSignal.any([signal, silence.signal]))
    for await (const chunk of body) parser.feed(decoder.decode(chunk, { stream: true }))
  } catch {
    // Why it ended is found out by the round that follows.
  } finally {
    clearTimeout(timer)
    if (!signal.aborted) onEnd()
  }
}
