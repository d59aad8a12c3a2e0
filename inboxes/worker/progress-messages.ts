import type { FromWorker } from './worker-messages.ts'

/** How often the window is told at most that something moved on, in milliseconds. */
const tellEvery = 200

/** Messages that something moved on, several at a time told as one. */
export type ProgressMessages = {
  tell(): void
  stop(): void
}

/** Tells the host of progress. @param position how far the inboxes have read, when it is told. */
export function progressMessages(
  send: (message: FromWorker) => void,
  position: () => number,
): ProgressMessages {
  let lastTold = 0
  let telling: NodeJS.Timeout | undefined
  return {
    tell() {
      if (telling) return
      telling = setTimeout(
        () => {
          telling = undefined
          lastTold = Date.now()
          send({ kind: 'progress', position: position() })
        },
        Math.max(0, lastTold + tellEvery - Date.now()),
      )
      telling.unref()
    },
    stop: () => clearTimeout(telling),
  }
}
