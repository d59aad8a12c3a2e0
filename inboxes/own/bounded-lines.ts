export type BoundedLinesOptions = {
  /** Bytes of one line. */
  readonly longest: number
  /** Bytes of all lines until `again` is called. */
  readonly most: number
  readonly onLine: (line: string) => void
  /** Called once, with the end of a sentence; nothing is read from then on. */
  readonly onTooMuch: (why: string) => void
}

/** Cuts what comes from an untrusted process into lines, and keeps no more of it than the bounds. */
export function boundedLines({ longest, most, onLine, onTooMuch }: BoundedLinesOptions) {
  let waiting: Buffer[] = []
  let length = 0
  let total = 0
  let over = false

  function tooMuch(why: string): void {
    over = true
    waiting = []
    onTooMuch(why)
  }

  /** Takes what is up to the next line's end. @returns what is left, `undefined` where nothing is. */
  function takeLine(chunk: Buffer): Buffer | undefined {
    const end = chunk.indexOf(10)
    const piece = end < 0 ? chunk : chunk.subarray(0, end)
    length += piece.length
    if (length > longest) {
      tooMuch(`said more than ${longest / 1e6} MB in one message and was stopped`)
      return undefined
    }
    waiting.push(piece)
    if (end < 0) return undefined
    const line = Buffer.concat(waiting).toString('utf8')
    waiting = []
    length = 0
    onLine(line)
    return chunk.subarray(end + 1)
  }

  return {
    take(chunk: Buffer): void {
      if (over) return
      total += chunk.length
      if (total > most) {
        tooMuch(`said more than ${most / 1e6} MB at a time and was stopped`)
        return
      }
      for (let rest: Buffer | undefined = chunk; rest && rest.length > 0 && !over; ) rest = takeLine(rest)
    },
    /** Begins to count anew. */
    again(): void {
      total = 0
    },
  }
}
