/** The most characters that are parsed in one go, so that no piece holds up the window for long. */
export const chunkLength = 8_000
/** How many pieces of a long text are shown before one asks for more. */
export const firstPieces = 3
/** Texts longer than this (characters) show their beginning only, until asked for more. */
export const longText = 100_000

const fence = /^ {0,3}(`{3,}|~{3,})/

/** Where to cut `text` at or before `limit`: after a blank line outside of a code block, else after a line, else anywhere. */
function cutAt(text: string, limit: number): number {
  let offset = 0
  let open: string | null = null
  let blank = 0
  let lineEnd = 0
  while (offset < limit) {
    const end = text.indexOf('\n', offset)
    if (end === -1 || end >= limit) break
    const line = text.slice(offset, end)
    const mark = fence.exec(line)?.[1]
    if (mark && open === null) open = mark
    else if (mark && open !== null && mark.startsWith(open)) open = null
    offset = end + 1
    lineEnd = offset
    if (open === null && line.trim() === '') blank = offset
  }
  return blank > limit / 4 ? blank : lineEnd > limit / 4 ? lineEnd : limit
}

/**
 * Cuts Markdown into pieces that can be parsed one after the other, so that a huge text never holds up the window. Joined, the
 * pieces are the text again; a block longer than a piece is cut where it must be.
 */
export function chunksOf(text: string, length = chunkLength): readonly string[] {
  const chunks: string[] = []
  let rest = text
  while (rest.length > length) {
    const at = cutAt(rest, length)
    // Not between the halves of one character.
    const cut = (rest.charCodeAt(at - 1) & 0xfc00) === 0xd800 ? at - 1 : at
    chunks.push(rest.slice(0, cut))
    rest = rest.slice(cut)
  }
  chunks.push(rest)
  return chunks
}
