import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A port on 127.0.0.1 that stands before a server, lets requests through, and meddles where it is told to. */
export type Door = {
  readonly url: string
  /** The last part of each path that was asked for, in order: `hello`, `push`, `events`, `nudges` … */
  readonly asked: { readonly route: string; readonly at: number }[]
  /** Answers a request itself, by its route. */
  answer(route: string, how: (response: ServerResponse) => void): void
  /** Changes the JSON of an answer, by its route. */
  change(route: string, how: (body: Record<string, unknown>) => unknown): void
  /** Meddles no more. */
  honest(): void
  close(): void
}

/** @param target where the server answers; asked for each request, by its route, for it may move. */
export async function doorTo(target: (route: string) => string): Promise<Door> {
  const asked: Door['asked'] = []
  const answers = new Map<string, (response: ServerResponse) => void>()
  const changes = new Map<string, (body: Record<string, unknown>) => unknown>()

  function passOn(incoming: IncomingMessage, outgoing: ServerResponse, route: string): void {
    const { 'accept-encoding': _, host: __, ...headers } = incoming.headers
    const through = request(`${target(route)}${incoming.url}`, { method: incoming.method, headers })
    through.on('error', () => outgoing.destroy())
    outgoing.on('close', () => through.destroy())
    through.on('response', (answer) => {
      const change = changes.get(route)
      if (!change) {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(outgoing)
        answer.on('error', () => outgoing.destroy())
        return
      }
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        const text = JSON.stringify(change(JSON.parse(Buffer.concat(chunks).toString())))
        outgoing.writeHead(answer.statusCode ?? 500, { 'content-type': 'application/json' }).end(text)
      })
    })
    incoming.pipe(through)
  }

  const server = createServer((incoming, outgoing) => {
    const route = new URL(incoming.url ?? '/', 'http://door').pathname.split('/').at(-1) ?? ''
    asked.push({ route, at: Date.now() })
    const answer = answers.get(route)
    if (!answer) return passOn(incoming, outgoing, route)
    incoming.resume()
    answer(outgoing)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: (route, how) => void answers.set(route, how),
    change: (route, how) => void changes.set(route, how),
    honest() {
      answers.clear()
      changes.clear()
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
