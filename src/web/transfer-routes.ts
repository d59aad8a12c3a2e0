import { createReadStream } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { fileSize, type HostFiles } from '#app/files/host-files.ts'
import { refuse } from '#core/values/refusal.ts'
import { downloadPath } from './wire.ts'

/** How long a page may send nothing of a file that it began to send, in milliseconds. */
const silenceMillis = 30_000

function answerJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value))
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
  })
  response.end(body)
}

/** Takes a file that a page sends. Who asks, and from which page, was checked. */
export async function takeUpload(
  files: HostFiles,
  target: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A form of another page could send any type but this one without asking first.
  if (request.headers['content-type'] !== 'application/octet-stream')
    return answerJson(response, 415, refuse('invalid_input', 'A file is sent as application/octet-stream.'))
  request.setTimeout(silenceMillis, () => request.destroy())
  const received = await files.receive(target.searchParams.get('name') ?? '', request)
  if (response.destroyed) return
  // What is still on its way is not read.
  if (!received.ok) response.setHeader('Connection', 'close')
  answerJson(response, received.ok ? 200 : received.error.code === 'body_too_large' ? 413 : 507, received)
}

/** Header text for a file's name: plain letters for old readers, and the name itself. */
function disposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const whole = encodeURIComponent(name).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`
}

/** Sends the file that a token stands for. @returns whether there was one. */
export async function sendDownload(
  files: HostFiles,
  target: URL,
  response: ServerResponse,
): Promise<boolean> {
  const file = files.take(target.pathname.slice(downloadPath.length), 'download')
  const size = file && fileSize(file.path)
  if (!file || size === undefined) return false
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': size,
    'Content-Disposition': disposition(file.name),
    'Cache-Control': 'no-store',
  })
  try {
    await pipeline(createReadStream(file.path), response)
  } catch {
    // The browser went away: the export is kept for a while, and another token fetches it.
    response.destroy()
  }
  return true
}
