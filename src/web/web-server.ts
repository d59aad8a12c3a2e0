import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { WebSocketServer } from 'ws'
import type { AppService } from '#app/app-service.ts'
import type { HostFiles } from '#app/files/host-files.ts'
import type { HostMessage } from '#contract/answers/answers.ts'
import { type Access, createAccess } from './access.ts'
import { type Connection, serveConnection } from './connection.ts'
import { plainPage } from './plain-page.ts'
import { webSecurityHeaders } from './security-headers.ts'
import type { StaticFiles } from './static-files.ts'
import { sendDownload, takeUpload } from './transfer-routes.ts'
import { downloadPath, maxFrameBytes, socketPath, uploadPath } from './wire.ts'

/** How long a window may take to answer that the connection ends. */
const graceMillis = 1_000

export type WebServerOptions = {
  /** Files that come from and go to the page. */
  readonly transfers: HostFiles
  readonly service: Pick<AppService, 'callUnchecked' | 'onMessage'>
  readonly files: StaticFiles
  /** What a window is told when it connects, beside what happens from then on. */
  readonly greeting?: () => readonly HostMessage[]
  /** 0 takes a free one. */
  readonly port: number
}

/** A listening web host. */
export type WebServer = {
  readonly port: number
  /** With the token: whoever opens it is let in. */
  readonly url: string
  /** Says something to one window alone, the one that was opened last. @returns whether there was one. */
  pushToOne(message: HostMessage): boolean
  /** Answers what is under way, then ends every connection. Does not close the service. */
  close(): Promise<void>
}

/**
 * Serves the window and its WebSocket on 127.0.0.1.
 *
 * @throws `NodeJS.ErrnoException` where the port can't be had (`EADDRINUSE`, `EACCES`).
 */
export async function startWebServer({
  service,
  files,
  transfers,
  greeting,
  port: wanted,
}: WebServerOptions): Promise<WebServer> {
  const server = createServer({ requestTimeout: 3_600_000, headersTimeout: 10_000, maxHeaderSize: 16 * 1024 })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, perMessageDeflate: false })
  const connections = new Set<Connection>()

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: wanted, host: '127.0.0.1', exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port } = server.address() as AddressInfo
  const access = createAccess(port)

  server.on('request', (request, response) => {
    serve({ access, files, transfers }, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500, { 'Content-Length': 0 })
      response.end()
    })
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = refuseUpgrade(access, request)
    if (refusal) return endUpgrade(socket as Socket, refusal)
    sockets.handleUpgrade(request, socket, head, (opened) => {
      const connection = serveConnection(opened, service)
      connections.add(connection)
      for (const message of greeting?.() ?? []) connection.push(message)
      opened.once('close', () => connections.delete(connection))
    })
  })
  const unsubscribe = service.onMessage((message) => {
    for (const connection of connections) connection.push(message)
  })

  return {
    port,
    url: `http://127.0.0.1:${port}/?token=${access.token}`,
    pushToOne(message) {
      const last = [...connections].at(-1)
      last?.push(message)
      return last !== undefined
    },
    async close() {
      unsubscribe()
      const closed = new Promise((resolve) => server.close(resolve))
      await Promise.all([...connections].map((connection) => connection.drained()))
      const gone = Promise.all(
        [...sockets.clients].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
      )
      for (const connection of connections) connection.close(1001, 'Docket is closing')
      await Promise.race([gone, setTimeout(graceMillis, undefined, { ref: false })])
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      await closed
    },
  }
}

type Serving = { readonly access: Access; readonly files: StaticFiles; readonly transfers: HostFiles }

async function serve(
  { access, files, transfers }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const host = request.headers.host
  if (!access.isOurHost(host)) return answerText(response, 403, 'Docket answers at 127.0.0.1 only.')
  for (const [name, value] of Object.entries(webSecurityHeaders(host))) response.setHeader(name, value)
  const target = parseTarget(request.url, host)
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    if (!access.isOurOrigin(request.headers))
      return answerText(response, 403, 'That page may not talk to Docket.')
    if (request.method === 'POST' && target?.pathname === uploadPath) {
      if (!access.hasCookie(request.headers)) return answerPage(response, 401, staleAddress)
      return await takeUpload(transfers, target, request, response)
    }
    response.setHeader('Allow', 'GET, HEAD')
    return answerText(response, 405, 'Only GET and HEAD.')
  }

  if (!target) return answerText(response, 400, 'That is not an address.')
  const token = target.searchParams.get('token')
  if (token !== null && target.pathname === '/') {
    if (!access.isToken(token)) return answerPage(response, 401, staleAddress)
    response.setHeader('Set-Cookie', access.setCookie)
    response.setHeader('Cache-Control', 'no-store')
    // Redirected from a link elsewhere, a browser would keep the strict cookie back; a page of ours that goes on sends it.
    if (request.headers['sec-fetch-site'] === 'cross-site') return answerPage(response, 200, goOn)
    response.writeHead(303, { Location: '/', 'Content-Length': 0 }).end()
    return
  }
  if (!access.hasCookie(request.headers) && !access.isToken(token))
    return answerPage(response, 401, staleAddress)

  if (target.pathname.startsWith(downloadPath)) {
    // The cookie alone, and from our own page: an address with the token in it fetches nothing.
    const from = request.headers['sec-fetch-site']
    const ours = access.hasCookie(request.headers) && (from === undefined || from === 'same-origin')
    if (request.method !== 'GET' || !ours)
      return answerText(response, 403, 'That page may not talk to Docket.')
    if (await sendDownload(transfers, target, response)) return
    return answerText(response, 404, 'That address was used already. Download it again in Docket.')
  }

  // The window's places are in the address's fragment, so that every other path is a file.
  const file = await files.get(
    target.pathname === '/' ? '/index.html' : target.pathname,
    request.headers['accept-encoding'],
  )
  if (!file) return answerText(response, 404, 'There is no such file.')
  response.setHeader('ETag', file.etag)
  response.setHeader('Vary', 'Accept-Encoding')
  response.setHeader('Cache-Control', file.immutable ? 'private, max-age=31536000, immutable' : 'no-cache')
  if (request.headers['if-none-match'] === file.etag) {
    response.writeHead(304).end()
    return
  }
  response.setHeader('Content-Type', file.type)
  response.setHeader('Content-Length', file.body.length)
  if (file.encoding) response.setHeader('Content-Encoding', file.encoding)
  response.writeHead(200)
  response.end(request.method === 'HEAD' ? undefined : file.body)
}

function refuseUpgrade(access: Access, request: IncomingMessage): string | null {
  const { host } = request.headers
  if (!access.isOurHost(host)) return '403 Forbidden'
  const target = parseTarget(request.url, host)
  if (target?.pathname !== socketPath) return '404 Not Found'
  if (!access.isOurOrigin(request.headers)) return '403 Forbidden'
  return access.hasCookie(request.headers) || access.isToken(target.searchParams.get('token'))
    ? null
    : '401 Unauthorized'
}

function endUpgrade(socket: Socket, status: string): void {
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function parseTarget(url: string | undefined, host: string): URL | null {
  // `//elsewhere/` would be read as another host.
  return url?.startsWith('/') && !url.startsWith('//') ? URL.parse(url, `http://${host}`) : null
}

function answerText(response: ServerResponse, status: number, text: string): void {
  const body = Buffer.from(`${text}\n`)
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
  })
  response.end(body)
}

function answerPage(response: ServerResponse, status: number, page: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Length': Buffer.byteLength(page),
  })
  response.end(page)
}

const staleAddress = plainPage({
  title: 'Docket needs its address again',
  text: 'This address is not, or no longer, let in: Docket makes a new one at every start. Open the one that it printed in the terminal.',
})
const goOn = plainPage({ title: 'Docket', text: 'Opening …', goTo: '/' })
