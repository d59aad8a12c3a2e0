import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type JsonBounds, jsonMeter } from '#core/values/json-bounds.ts'

const mebibyte = 1_048_576
const depth = 32

/**
 * What an answer may hold, by what it is. Each is several times what an honest server sends, and what goes past it is given up while it arrives: a
 * server that lies costs no more memory than that.
 */
export const answerBounds = {
  /** One small object, and every refusal. */
  note: { bytes: mebibyte / 4, values: 1_000, depth },
  /** Of members, devices, keys, reports. */
  list: { bytes: 4 * mebibyte, values: 100_000, depth },
  /** A greeting names all chains. */
  greeting: { bytes: 8 * mebibyte, values: 200_000, depth },
  /** A page of events: 2 MiB as asked for, and one event that may be of any size that a push may have. */
  page: { bytes: 32 * mebibyte, values: 200_000, depth },
} as const satisfies Record<string, JsonBounds>

/** An answer that goes past its bounds. */
export class AnswerTooLarge extends Error {
  constructor() {
    super('the answer is larger than Docket takes')
    this.name = 'AnswerTooLarge'
  }
}

/** One buffer that grows: thousands of pieces of a byte each cost no more than their bytes. */
function growingBuffer(most: number) {
  let whole = Buffer.alloc(Math.min(most, 16_384))
  let length = 0
  return {
    add(piece: Uint8Array): void {
      if (length + piece.length > most) throw new AnswerTooLarge()
      if (length + piece.length > whole.length) {
        const larger = Buffer.alloc(Math.min(most, Math.max(2 * whole.length, length + piece.length)))
        whole.copy(larger, 0, 0, length)
        whole = larger
      }
      whole.set(piece, length)
      length += piece.length
    },
    end: () => whole.subarray(0, length),
  }
}

async function* counted(body: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let arrived = 0
  for await (const piece of body) {
    arrived += piece.length
    if (arrived > most) throw new AnswerTooLarge()
    yield piece
  }
}

/** Bytes that are not JSON, at most so many. @throws AnswerTooLarge */
export async function readBytes(body: AsyncIterable<Uint8Array>, most: number): Promise<Buffer> {
  const whole = growingBuffer(most)
  for await (const piece of body) whole.add(piece)
  return whole.end()
}

/**
 * A JSON answer as it was before it was packed, held to its bounds while it arrives. Not parsed yet. @throws AnswerTooLarge, and whatever unpacking
 * and the connection throw
 */
export async function readJson(
  body: AsyncIterable<Uint8Array>,
  encoding: unknown,
  bounds: JsonBounds,
): Promise<Buffer> {
  // Packed it may be a little larger than it is, where it hardly packs.
  const arriving = counted(body, bounds.bytes + 65_536)
  const source = encoding === 'gzip' ? pipeline(Readable.from(arriving), createGunzip(), () => {}) : arriving
  const whole = growingBuffer(bounds.bytes)
  const meter = jsonMeter(bounds)
  for await (const piece of source as AsyncIterable<Uint8Array>) {
    if (meter.feed(piece)) throw new AnswerTooLarge()
    whole.add(piece)
  }
  return whole.end()
}
