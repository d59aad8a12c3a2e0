import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Received = {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** What it was answered. */
  readonly status: number
}

/** A receiver of webhooks on loopback that keeps what it gets. */
export type Receiver = {
  readonly url: string
  readonly received: readonly Received[]
  /** How it answers from now on. */
  answer(status: number, text?: string): void
  close(): Promise<void>
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  let status = 200
  let text = ''
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    received.push({ headers: request.headers, body, status })
    response.writeHead(status, { 'content-type': 'text/plain' }).end(text)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answer(next, said = '') {
      status = next
      text = said
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
