import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { constants, createGzip } from 'node:zlib'

// A server that means harm, in a process of its own: `node hostile-server.ts HOW`. Prints its port, and answers every request in that way.

const mebibyte = 1_048_576
const gzip = { 'content-type': 'application/json', 'content-encoding': 'gzip' }

/** Sends as long as somebody listens, as fast as they do. */
function pour(
  response: NodeJS.WritableStream & { destroyed?: boolean },
  piece: () => Buffer | string,
  most: number,
  last = '',
): void {
  let sent = 0
  const more = (): void => {
    while (sent < most) {
      const next = piece()
      sent += next.length
      if (!response.write(next)) {
        response.once('drain', more)
        return
      }
    }
    response.end(last)
  }
  more()
}

function packed(response: ServerResponse, begin: string, piece: string, most: number, last = ''): void {
  const packing = createGzip({ level: constants.Z_BEST_SPEED })
  packing.pipe(response)
  packing.write(begin)
  pour(packing, () => piece, most, last)
}

const page = (fields: object): string =>
  JSON.stringify({
    chains: [],
    events: [],
    receipts: [],
    cursor: { seq: 0, mark: '0'.repeat(64) },
    head: 0,
    more: false,
    ...fields,
  })

const ways: Record<string, (response: ServerResponse) => void> = {
  'endless plain': (response) => pour(response, () => Buffer.alloc(65_536, '['), Number.POSITIVE_INFINITY),
  'endless gzip': (response) =>
    packed(response.writeHead(200, gzip), '"', 'x'.repeat(65_536), Number.POSITIVE_INFINITY),
  'a gzip bomb': (response) =>
    packed(response.writeHead(200, gzip), '[', ' '.repeat(65_536), 1_024 * mebibyte),
  'huge arrays': (response) =>
    packed(response.writeHead(200, gzip), '{"chains":[0', ',0'.repeat(32_768), 60 * mebibyte, ']}'),
  'deep arrays': (response) => packed(response.writeHead(200, gzip), '', '['.repeat(65_536), 30 * mebibyte),
  'a byte at a time': (response) => {
    const piece = Buffer.from(`1\r\n \r\n`.repeat(10_000))
    const { socket } = response
    socket?.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n')
    if (socket) pour(socket, () => piece, Number.POSITIVE_INFINITY)
  },
  'an endless refusal': (response) =>
    packed(response.writeHead(409, gzip), '{"error":{"code":"', 'x'.repeat(65_536), Number.POSITIVE_INFINITY),
  'a page that never ends': (response) => response.end(page({ more: true })),
  'endless lines': (response) =>
    pour(response, () => `data: ${'x'.repeat(60_000)}\n`, Number.POSITIVE_INFINITY),
}

const how = ways[process.argv[2] ?? '']
if (!how) throw new Error(`There is no such way: ${process.argv[2]}`)
const server = createServer((request, response) => {
  request.resume()
  response.on('error', () => {})
  response.socket?.on('error', () => {})
  how(response)
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
