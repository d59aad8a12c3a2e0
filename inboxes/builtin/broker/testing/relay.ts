import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Certificate } from '../../../testing/certificate.ts'

/** A port on 127.0.0.1 that leads to another, and can go away, come back, and go silent. */
export type Relay = {
  readonly port: number
  /** How many connections have come in. */
  readonly connections: number
  /** Ends all connections and takes no more. */
  down(): Promise<void>
  up(): Promise<void>
  /** Swallows whatever comes, of connections there are and to come, and tells of the first bytes of it. */
  silence(): Promise<void>
  /** Takes connections as before; silenced ones are ended. */
  speak(): void
  close(): Promise<void>
}

/** @param certificate where given, the relay speaks TLS and what is behind it does not. */
export async function relayTo(
  target: { readonly host: string; readonly port: number },
  certificate?: Certificate,
): Promise<Relay> {
  const sockets = new Set<Socket>()
  let port = 0
  let connections = 0
  let silent: PromiseWithResolvers<void> | undefined

  function take(incoming: Socket): void {
    connections += 1
    const outgoing = connect(target.port, target.host)
    const ends = [incoming, outgoing]
    for (const [end, other] of [ends, ends.toReversed()] as [Socket, Socket][]) {
      sockets.add(end)
      end.on('error', () => {})
      end.on('close', () => {
        sockets.delete(end)
        other.destroy()
      })
      end.on('data', (bytes) => {
        if (!silent) other.write(bytes)
        else if (end === incoming) silent.resolve()
      })
    }
  }
  let server: Server
  async function listen(): Promise<void> {
    server = certificate ? createTlsServer(certificate, take) : createServer(take)
    server.on('tlsClientError', () => {})
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  async function down(): Promise<void> {
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    cut()
    await closed
  }
  await listen()
  return {
    get port() {
      return port
    },
    get connections() {
      return connections
    },
    down,
    up: listen,
    silence() {
      silent = Promise.withResolvers()
      return silent.promise
    },
    speak() {
      silent = undefined
      cut()
    },
    close: down,
  }
}
