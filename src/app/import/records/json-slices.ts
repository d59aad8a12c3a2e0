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
  /** What a sentence about it begins with. */
  readonly what: 'The line' | 'The element' | 'The document' | 'The list'
}

export type SliceLimits = { readonly maxBytes: number; readonly maxDepth: number }

export type SliceOptions = {
  readonly limits: SliceLimits
  /** Names of a document's field that holds the records, as in Jira's `{"issues": […]}`. */
  readonly listKeys: readonly string[]
  /** Whether no value goes on past the end of its line: a broken line then does not touch its neighbours. */
  readonly byLine: boolean
}

const [newline, quote, backslash, comma] = [0x0a, 0x22, 0x5c, 0x2c]
const [openList, openObject] = [0x5b, 0x7b]
const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)
const opens = (byte: number): boolean => byte === openObject || byte === openList
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

/** Recognises a string as one of some names while its bytes come by. */
function keyWatch(keys: readonly string[]) {
  const longest = Math.max(0, ...keys.map((key) => key.length))
  let text = ''
  return {
    begin(): void {
      text = ''
    },
    add(byte: number): void {
      if (text.length <= longest) text += String.fromCharCode(byte)
    },
    isKey: (): boolean => keys.includes(text),
  }
}

const tooLarge = (limits: SliceLimits): string =>
  `is larger than ${Math.round(limits.maxBytes / 1_048_576)} MiB, which is the limit for one record`

/** What surrounds the place being read: a list of records, or what follows the list of a document. */
type Surrounding = 'list' | 'tail'

/**
 * The records of a text of JSON values, whatever they are packed in: one value after another or one a line; pages, which are lists of
 * records or documents with such a list; and a list of pages. Everything is either a slice or between two: what follows a page is read like
 * what came before it, and what is no JSON is a slice of its line. Unlike a parser of the whole it knows the line of each record, and goes on
 * after one that is broken as long as brackets and quotes are closed.
 */
export async function* jsonSlices(
  chunks: AsyncIterable<Buffer>,
  { limits, listKeys, byLine }: SliceOptions,
): AsyncGenerator<JsonSlice> {
  const record = collector(limits.maxBytes)
  const key = keyWatch(listKeys)
  let around: Surrounding[] = []
  let [line, offset, begin, beginLine, depth, deepest] = [1, 0, -1, 1, 0, 0]
  let [inString, escaped] = [false, false]
  /** What the open record began with: a bracket that closes it, or anything else, which a comma, a bracket or the line's end does. */
  let kind: 'object' | 'list' | 'scalar' | 'text' = 'text'

  const finish = (cut = false): JsonSlice => {
    const { bytes, length } = record.take()
    const what: JsonSlice['what'] =
      byLine || kind === 'text' ? 'The line' : around.length > 0 ? 'The element' : 'The document'
    const problem =
      bytes === null
        ? tooLarge(limits)
        : deepest > limits.maxDepth
          ? `is nested deeper than ${limits.maxDepth} levels`
          : cut
            ? 'ends in the middle: the file is cut off'
            : null
    const slice = { line: beginLine, at: begin, length, bytes: problem ? null : bytes, problem, what }
    begin = -1
    ;[depth, deepest, inString, escaped] = [0, 0, false, false]
    return slice
  }
  const unclosed = (): JsonSlice => {
    const slice = {
      line,
      at: offset,
      length: 0,
      bytes: null,
      problem: 'is not closed: the file is cut off',
      what: 'The list' as const,
    }
    ;[around, depth, inString, escaped] = [[], 0, false, false]
    return slice
  }

  for await (const chunk of chunks) {
    let from = 0
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number
      if (byte === newline) {
        if (begin >= 0 && (byLine || kind === 'text')) {
          record.add(chunk.subarray(from, i))
          yield finish()
          if (byLine) around = []
        }
        if (byLine && around.length > 0) yield unclosed()
        line++
        continue
      }
      const surrounding = around.at(-1)
      if (begin >= 0 && kind === 'text') continue
      if (begin >= 0 || surrounding === 'tail') {
        if (inString) {
          if (escaped) escaped = false
          else if (byte === backslash) escaped = true
          else if (byte === quote) inString = false
          else if (depth === 1) key.add(byte)
          continue
        }
        if (byte === quote) {
          inString = true
          if (depth === 1) key.begin()
        } else if (opens(byte)) {
          const isPage = byte === openList && depth === 1 && key.isKey()
          if (isPage && surrounding === 'tail') around.push('list')
          else if (isPage && kind === 'object' && !around.includes('tail')) {
            record.take()
            begin = -1
            around.push('tail', 'list')
          } else {
            depth++
            deepest = Math.max(deepest, depth)
          }
        } else if (closes(byte) && depth > 0) {
          depth--
          if (depth > 0) continue
          if (begin < 0) around.pop()
          else {
            record.add(chunk.subarray(from, i + 1))
            yield finish()
          }
        } else if (kind === 'scalar' && (byte === comma || closes(byte))) {
          record.add(chunk.subarray(from, i))
          yield finish()
          if (byte !== comma) around.pop()
          if (around.at(-1) === 'tail') depth = 1
        }
        continue
      }
      if (isSpace(byte) || byte === comma) continue
      if (surrounding === 'list' && closes(byte)) {
        around.pop()
        // What is left of the document around the list.
        if (around.at(-1) === 'tail') depth = 1
        continue
      }
      if (
        byte === openList &&
        (surrounding === undefined || (around.length === 1 && surrounding === 'list'))
      ) {
        around.push('list')
        continue
      }
      begin = offset + i
      beginLine = line
      from = i
      kind =
        byte === openObject
          ? 'object'
          : byte === openList
            ? 'list'
            : surrounding === undefined
              ? 'text'
              : 'scalar'
      depth = opens(byte) ? 1 : 0
      deepest = depth
      inString = kind === 'scalar' && byte === quote
    }
    // Copied, because the chunk's memory is used for the next one.
    if (begin >= 0) record.add(Buffer.from(chunk.subarray(from)))
    offset += chunk.length
  }
  if (begin >= 0) yield finish(!byLine && kind !== 'text')
  else if (around.length > 0) yield unclosed()
}

/**
 * Tells from the first bytes whether a file holds a value a line, of which a broken one is to leave the others alone, or values that go on
 * over lines.
 * @param listKeys names of a document's field that holds the records.
 */
export function goesByLine(head: Buffer, listKeys: readonly string[]): boolean {
  const text = head.toString('latin1')
  const first = text.search(/\S/)
  if (text[first] === '[') return false
  if (text[first] !== '{') return true
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
      else if (char === '\n') return true
    } else if (char === '"') [inString, stringAt] = [true, i]
    else if (char === '{') depth++
    else if (char === '[') {
      if (depth === 1 && listKeys.includes(key)) return false
      depth++
    } else if (char === '}' || char === ']') {
      if (--depth === 0) return !text.slice(first, i).includes('\n')
    } else if (char === '\n' && /^\s*[{<=>]/.test(text.slice(i + 1)) && !/[[,:]\s*$/.test(text.slice(0, i)))
      return true
  }
  return !/^\{[ \t\r]*\n/.test(text.slice(first))
}
