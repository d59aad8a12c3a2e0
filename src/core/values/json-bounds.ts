/** How much JSON from somewhere else may hold before it is parsed. */
export type JsonBounds = {
  /** As it is parsed: unpacked, UTF-8. */
  readonly bytes: number
  /** Values of all depths together: each costs a parser, and whoever checks shapes, up to a thousand times its two bytes of text. */
  readonly values: number
  /** Arrays and objects within each other. */
  readonly depth: number
}

export type JsonExcess = keyof JsonBounds

/** Counts a JSON text piece by piece, without parsing it. */
export type JsonMeter = {
  /** The next bytes. @returns which bound they go past; from then on nothing is counted any more. */
  feed(piece: Uint8Array): JsonExcess | undefined
}

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const opens = new Set([0x5b, 0x7b])
const closes = new Set([0x5d, 0x7d])

/** Holds a JSON text to bounds while it arrives. What is no JSON at all passes as far as it is small: the parser says so. */
export function jsonMeter(bounds: JsonBounds): JsonMeter {
  let bytes = 0
  let values = 1
  let depth = 0
  let inText = false
  let escaped = false

  /** Where the text that `piece` is in the middle of ends, from `from` on; the piece's length where it does not. */
  function afterText(piece: Uint8Array, from: number): number {
    for (let at = from; at < piece.length; at++) {
      if (escaped) escaped = false
      else if (piece[at] === backslash) escaped = true
      else if (piece[at] === quote) {
        inText = false
        return at + 1
      }
    }
    return piece.length
  }

  return {
    feed(piece) {
      bytes += piece.length
      if (bytes > bounds.bytes) return 'bytes'
      for (let at = 0; at < piece.length; ) {
        if (inText) {
          at = afterText(piece, at)
          continue
        }
        const code = piece[at++] as number
        if (code === quote) inText = true
        else if (code === comma) values += 1
        else if (opens.has(code)) {
          values += 1
          depth += 1
        } else if (closes.has(code)) depth -= 1
        if (depth > bounds.depth) return 'depth'
        if (values > bounds.values) return 'values'
      }
      return undefined
    },
  }
}
