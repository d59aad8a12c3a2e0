import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'

export type Received = {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
}
type Behaviour = (response: ServerResponse, received: Received) => void

/** A receiver on loopback: keeps what it was sent and answers as it is told to. */
export type HttpReceiver = {
  /** `http://127.0.0.1:PORT`, without a slash. */
  readonly url: string
  readonly port: number
  readonly received: Received[]
  /** How it answers from now on; `204` at first. */
  answer(behaviour: Behaviour): void
  close(): Promise<void>
}

/** Answers with a status, and a text where one is given. */
export const answering =
  (status: number, text = '', headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    void response.writeHead(status, headers).end(text)

const flat = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

/** @param tls a key and certificate where it speaks https. @param onPort any free one by default. */
export async function httpReceiver(
  tls?: { readonly key: string; readonly cert: string },
  onPort = 0,
): Promise<HttpReceiver> {
  const received: Received[] = []
  let behaviour: Behaviour = answering(204)
  const listener: Parameters<typeof createServer>[1] = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: flat(request.headers),
        body: Buffer.concat(chunks).toString('utf8'),
      }
      received.push(one)
      behaviour(response, one)
    })
  }
  const server: Server = tls ? (createSecureServer(tls, listener) as Server) : createServer(listener)
  await new Promise<void>((listening) => server.listen(onPort, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    received,
    answer(next) {
      behaviour = next
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
