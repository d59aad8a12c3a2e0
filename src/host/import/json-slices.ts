/** Where one JSON record lies in the file, and its bytes. */
export type JsonSlice = {
  /** 1-based line on which it begins. */
  readonly line: number
  /** Its first byte, from the start of the chunks. */
  readonly at: number
  readonly length: number
  /** `null` where the record can not be taken as it is. Good until the next slice is asked for. */
  readonly bytes: Buffer | null
  readonly problem: string | null
}

export type SliceLimits = { readonly maxBytes: number; readonly maxDepth: number }

const [newline, quote, backslash, comma] = [0x0a, 0x22, 0x5c, 0x2c]
const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)
const opens = (byte: number): boolean => byte === 0x7b || byte === 0x5b
const closes = (byte: number): boolean => byte === 0x7d || byte === 0x5d

/** Collects the bytes of one record over chunks; keeps none of them once there are too many. */
function collector(maxBytes: number) {
  let parts: Buffer[] = []
  let length = 0
  return {
    add(part: Buffer): void {
      length += part.length
      if (length > maxBytes) parts = []
      else if (part.length > 0) parts.push(part)
    },
    take(): { bytes: Buffer | null; length: number } {
      const taken = {
        bytes: length > maxBytes ? null : parts.length === 1 ? (parts[0] ?? null) : Buffer.concat(parts),
        length,
      }
      parts = []
      length = 0
      return taken
    },
  }
}

const tooLarge = (limits: SliceLimits): string =>
  `is larger than ${Math.round(limits.maxBytes / 1_048_576)} MiB, which is the limit for one record`

/** JSON Lines: one record a line. Blank lines are passed over; a broken line does not touch its neighbours. */
export async function* lineSlices(
  chunks: AsyncIterable<Buffer>,
  limits: SliceLimits,
): AsyncGenerator<JsonSlice> {
  const record = collector(limits.maxBytes)
  let line = 1
  let offset = 0
  let begin = 0
  const finish = (): JsonSlice | null => {
    const { bytes, length } = record.take()
    if (bytes === null) return { line, at: begin, length, bytes: null, problem: tooLarge(limits) }
    if (bytes.every(isSpace)) return null
    const deep = depthOf(bytes) > limits.maxDepth
    return {
      line,
      at: begin,
      length,
      bytes: deep ? null : bytes,
      problem: deep ? `is nested deeper than ${limits.maxDepth} levels` : null,
    }
  }
  for await (const chunk of chunks) {
    let from = 0
    for (let to = chunk.indexOf(newline); to >= 0; to = chunk.indexOf(newline, from)) {
      record.add(chunk.subarray(from, to))
      const slice = finish()
      if (slice) yield slice
      from = to + 1
      begin = offset + from
      line++
    }
    // Copied, because the chunk's memory is used for the next one.
    record.add(Buffer.from(chunk.subarray(from)))
    offset += chunk.length
  }
  const last = finish()
  if (last) yield last
}

/** The deepest nesting of brackets outside strings; works on broken JSON too. */
export function depthOf(bytes: Buffer): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    if (inString) {
      if (byte === backslash) i++
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (opens(byte)) deepest = Math.max(deepest, ++depth)
    else if (closes(byte)) depth--
  }
  return deepest
}

/**
 * The elements of one array inside a document, `[…]` or `{"issues": […]}`, one slice each. Unlike a parser of the whole document
 * it knows the line of each element, and goes on after one that is not JSON, as long as brackets and quotes are closed.
 * @param start how many bytes of the chunks come before the array's own `[`.
 */
export async function* elementSlices(
  chunks: AsyncIterable<Buffer>,
  start: number,
  limits: SliceLimits,
): AsyncGenerator<JsonSlice> {
  const record = collector(limits.maxBytes)
  let [line, offset, begin, beginLine, depth, deepest] = [1, 0, -1, 1, 0, 0]
  let [inString, escaped, ended] = [false, false, false]
  const finish = (): JsonSlice => {
    const { bytes, length } = record.take()
    const problem =
      bytes === null
        ? tooLarge(limits)
        : deepest > limits.maxDepth
          ? `is nested deeper than ${limits.maxDepth} levels`
          : null
    const slice = { line: beginLine, at: begin, length, bytes: problem ? null : bytes, problem }
    begin = -1
    deepest = 0
    return slice
  }
  for await (const chunk of chunks) {
    let from = 0
    for (let i = 0; i < chunk.length && !ended; i++) {
      const byte = chunk[i] as number
      if (byte === newline) line++
      if (offset + i < start) continue
      if (escaped) escaped = false
      else if (inString) {
        if (byte === backslash) escaped = true
        else if (byte === quote) inString = false
      } else if (depth === 0) {
        depth = opens(byte) ? 1 : 0
      } else if (depth === 1 && (byte === comma || closes(byte))) {
        if (begin >= 0) {
          record.add(chunk.subarray(from, i))
          yield finish()
        }
        ended = closes(byte)
      } else if (begin >= 0 || !isSpace(byte)) {
        if (begin < 0) {
          begin = offset + i
          beginLine = line
          from = i
        }
        if (byte === quote) inString = true
        else if (opens(byte)) deepest = Math.max(deepest, depth++)
        else if (closes(byte)) depth--
      }
    }
    if (begin >= 0) record.add(Buffer.from(chunk.subarray(from)))
    offset += chunk.length
    if (ended) return
  }
  if (begin >= 0) {
    yield { ...finish(), bytes: null, problem: 'ends in the middle: the file is cut off' }
  }
}

/** How a file holds its records: one a line, as an array's elements (which begins after `arrayAt` bytes), or as one document. */
export type Layout =
  | { readonly kind: 'lines' }
  | { readonly kind: 'array'; readonly arrayAt: number }
  | { readonly kind: 'document' }

/**
 * Tells the layout from the first bytes.
 * @param listKeys names of a document's field that holds the records, as in Jira's `{"issues": […]}`.
 */
export function layoutOf(head: Buffer, listKeys: readonly string[]): Layout {
  const text = head.toString('latin1')
  const first = text.search(/\S/)
  if (text[first] === '[') return { kind: 'array', arrayAt: first }
  if (text[first] !== '{') return { kind: 'lines' }
  let [depth, inString, stringAt] = [0, false, 0]
  let key = ''
  for (let i = first; i < text.length; i++) {
    const char = text[i]
    if (inString) {
      if (char === '\\') i++
      else if (char === '"') {
        inString = false
        if (depth === 1) key = text.slice(stringAt + 1, i)
      }
      // A string never spans lines in JSON, so the first line is broken, and the file is one of lines.
      else if (char === '\n') return { kind: 'lines' }
    } else if (char === '"') [inString, stringAt] = [true, i]
    else if (char === '{') depth++
    else if (char === '[') {
      if (depth === 1 && listKeys.includes(key)) return { kind: 'array', arrayAt: i }
      depth++
    } else if (char === '}' || char === ']') {
      if (--depth === 0)
        return text.slice(i + 1).trim() === '' && text.slice(first, i).includes('\n')
          ? { kind: 'document' }
          : { kind: 'lines' }
    } else if (char === '\n' && /^\s*[{<=>]/.test(text.slice(i + 1)) && !/[[,:]\s*$/.test(text.slice(0, i)))
      return { kind: 'lines' }
  }
  return /^\{[ \t\r]*\n/.test(text.slice(first)) ? { kind: 'document' } : { kind: 'lines' }
}
