import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ServerRefusal } from './refusal.ts'

const tooLarge = (limit: number) =>
  new ServerRefusal('body_too_large', `A request may have at most ${limit} bytes; nothing was stored.`, {
    limit,
  })

/** How much more of a refused body is taken and thrown away, and for how long: whoever is still sending would not read the answer otherwise. */
const swallowed = { bytes: 64 * 1_048_576, millis: 1_000 }

type Chunks = ReadableStreamDefaultReader<Uint8Array>

/**
 * The body of a request, unpacked where it is packed. Counts while it reads, so that neither a large body nor one that unpacks to far more than it
 * was sent as costs more memory than allowed. @throws ServerRefusal `body_too_large`, or `invalid_request` for what can't be unpacked.
 */
export async function readBody(
  request: Request,
  limits: { readonly sent: number; readonly unpacked: number },
): Promise<Buffer> {
  if (!request.body) return Buffer.alloc(0)
  const reader = request.body.getReader()
  try {
    return await read(reader, request.headers, limits)
  } catch (error) {
    await swallow(reader)
    if (error instanceof ServerRefusal) throw error
    throw new ServerRefusal('invalid_request', 'The body could not be read to its end.')
  }
}

async function read(
  reader: Chunks,
  headers: Headers,
  { sent, unpacked }: { readonly sent: number; readonly unpacked: number },
): Promise<Buffer> {
  if (Number(headers.get('content-length') ?? 0) > sent) throw tooLarge(sent)
  const encoding = headers.get('content-encoding') ?? 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw new ServerRefusal('invalid_request', 'A body is sent as it is, or packed with gzip.')
  const plain = Readable.from(counted(reader, sent))
  const source = encoding === 'gzip' ? pipeline(plain, createGunzip(), () => {}) : plain
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of source) {
      chunks.push(chunk as Uint8Array)
      size += (chunk as Uint8Array).length
      if (size > unpacked) throw tooLarge(unpacked)
    }
  } finally {
    source.destroy()
  }
  return Buffer.concat(chunks)
}

async function* counted(reader: Chunks, most: number): AsyncGenerator<Uint8Array> {
  let arrived = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    arrived += value.length
    if (arrived > most) throw tooLarge(most)
    yield value
  }
}

async function swallow(reader: Chunks): Promise<void> {
  let over = false
  const timer = setTimeout(() => {
    over = true
    reader.cancel().catch(() => {})
  }, swallowed.millis)
  try {
    for (let left = swallowed.bytes; left > 0 && !over; ) {
      const { done, value } = await reader.read()
      if (done) break
      left -= value.length
    }
  } catch {
    // Whoever sent it is gone.
  } finally {
    clearTimeout(timer)
  }
}
