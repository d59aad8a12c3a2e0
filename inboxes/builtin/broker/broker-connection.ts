/** A connection that is made when it is needed, shared, and made anew after it was lost. */
export type Line<Connection> = {
  /**
   * Does something over the connection. Rejects as soon as the connection is lost or the signal aborts, whatever the client does then. A
   * connection on which the time ran out is hung up: it may be dead without knowing it.
   */
  use<T>(signal: AbortSignal, work: (connection: Connection) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** That a connection ended without saying why. */
export class LostConnectionError extends Error {
  readonly code = 'ECONNRESET'
}

async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/**
 * @param dial makes a connection; it calls `lost` when the connection ends. It limits its own time.
 * @param hangUp ends a connection.
 */
export function brokerConnection<Connection>(
  dial: (lost: (error?: unknown) => void) => Promise<Connection>,
  hangUp: (connection: Connection) => Promise<unknown>,
): Line<Connection> {
  type Call = { readonly connected: Promise<Connection>; readonly ended: Promise<never> }
  let current: Call | undefined

  function call(): Call {
    const ended = Promise.withResolvers<never>()
    // Nobody may be using it when it ends.
    ended.promise.catch(() => {})
    const end = (error?: unknown): void => {
      if (current === made) current = undefined
      ended.reject(error ?? new LostConnectionError('the connection was lost'))
    }
    const connected = dial(end)
    const made: Call = { connected, ended: ended.promise }
    current = made
    connected.catch(end)
    return made
  }

  async function letGo(made: Call | undefined): Promise<void> {
    if (!made) return
    if (current === made) current = undefined
    try {
      await hangUp(await made.connected)
    } catch {
      // It never came about, or it is gone already.
    }
  }

  return {
    async use(signal, work) {
      signal.throwIfAborted()
      const made = current ?? call()
      const result = made.connected.then(work)
      // Whoever wins the race, the others' errors have been heard.
      result.catch(() => {})
      try {
        return await untilAborted(Promise.race([result, made.ended]), signal)
      } catch (error) {
        if (signal.aborted) void letGo(made)
        throw error
      }
    },
    close: () => letGo(current),
  }
}
