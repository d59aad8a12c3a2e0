import type { WebSocket } from 'ws'
import type { AppService } from '#app/app-service.ts'
import type { HostMessage } from '#contract/answers/answers.ts'
import { type Result, refuse } from '#core/values/refusal.ts'
import { readClientFrame } from './client-frame.ts'
import { createOutbox } from './outbox.ts'
import type { HostFrame } from './wire.ts'

/** Calls of one window that may be under way; more wait unread in the socket. */
const callsAtOnce = 64
/** Bytes that may wait to be sent; above it the window's own calls are not read until it has taken its answers. */
const highWater = 1024 * 1024

/** One window's WebSocket. */
export type Connection = {
  push(message: HostMessage): void
  /** Resolves when every call under way is answered. */
  drained(): Promise<void>
  close(code: number, reason: string): void
}

/** Serves calls from a WebSocket that was let in; nothing that comes over it can throw here. */
export function serveConnection(socket: WebSocket, service: Pick<AppService, 'callUnchecked'>): Connection {
  const outbox = createOutbox()
  const underWay = new Set<Promise<void>>()
  let pushing = false
  let closing = false

  const send = (frame: HostFrame, written?: () => void) => {
    if (socket.readyState !== socket.OPEN) return
    socket.send(JSON.stringify(frame), (error) => {
      if (error) return
      written?.()
      breathe()
    })
  }
  const breathe = () => {
    if (closing) return
    const full = underWay.size >= callsAtOnce || socket.bufferedAmount > highWater
    if (full && !socket.isPaused) socket.pause()
    else if (!full && socket.isPaused) socket.resume()
  }
  // One batch on its way at a time: while the window does not take it, what follows is merged in the outbox.
  const flush = () => {
    if (pushing || outbox.size === 0) return
    const messages = outbox.take()
    pushing = true
    messages.forEach((message, index) => {
      const last = index === messages.length - 1
      send(
        { message },
        last
          ? () => {
              pushing = false
              flush()
            }
          : undefined,
      )
    })
  }
  const answer = async (id: number, result: Promise<Result<unknown>>) => {
    send({ id, result: await result.catch(failed) })
  }

  socket.on('message', (data, isBinary) => {
    if (closing) return
    if (isBinary) return socket.close(1003, 'Text frames only')
    const read = readClientFrame(data.toString())
    if (read.kind === 'noise') return socket.close(1007, 'Not a call')
    if (read.kind === 'malformed')
      return send({ id: read.id, result: refuse('invalid_input', `That is not a call: ${read.why}`) })
    const { id, name, input } = read.frame
    const call = answer(id, service.callUnchecked(name, input)).finally(() => {
      underWay.delete(call)
      breathe()
    })
    underWay.add(call)
    breathe()
  })
  // `ws` closes the socket itself (too big a frame, a broken one, a lost peer); without a listener that would end the process.
  socket.on('error', () => {})

  return {
    push(message) {
      outbox.add(message)
      flush()
    },
    async drained() {
      closing = true
      await Promise.allSettled(underWay)
    },
    close: (code, reason) => socket.close(code, reason),
  }
}

const failed = () =>
  refuse(
    'internal',
    'Something went wrong inside Docket. Nothing was changed; try again, and look at the host’s terminal.',
  )
