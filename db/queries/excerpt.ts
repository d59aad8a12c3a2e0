import { wordsIn } from '#core/filter/text-words.ts'

export type ExcerptPart = { readonly text: string; readonly hit: boolean }
type Wanted = { readonly words: readonly string[]; readonly begun: boolean }

/** Characters shown before and after the first match. */
const before = 40
const after = 140
/** Only the beginning of a very long text is looked through for the place to show. */
const lookedThrough = 200_000

/** Where a text says what is wanted, in order. */
function* hitsIn(
  text: string,
  wanted: readonly Wanted[],
): Generator<{ readonly start: number; readonly end: number }> {
  const longest = Math.max(0, ...wanted.map(({ words }) => words.length))
  const said: { word: string; start: number }[] = []
  for (const { word, start, end } of wordsIn(text)) {
    said.push({ word, start })
    if (said.length > longest) said.shift()
    const starts = wanted.flatMap(({ words, begun }) => {
      const first = said.length - words.length
      const last = words.length - 1
      const says = words.every((one, at) =>
        begun && at === last ? word.startsWith(one) : said[first + at]?.word === one,
      )
      return says ? [said[first]?.start ?? start] : []
    })
    if (starts.length > 0) yield { start: Math.min(...starts), end }
  }
}

/**
 * Cuts the surroundings of the first match out of a text and marks what was wanted, as full-text search sees words: whatever
 * their case and accents. @returns parts that make up the excerpt in order; plain text.
 */
export function excerptOf(text: string, wanted: readonly Wanted[]): ExcerptPart[] {
  const [hit] = hitsIn(text.slice(0, lookedThrough), wanted)
  const first = hit?.start ?? 0
  // What fits as it is, a title for one, is not cut.
  const fits = text.length <= before + after
  const from = fits ? 0 : Math.max(0, first - before)
  const to = fits ? text.length : Math.min(text.length, first + after)
  const cut =
    `${from > 0 ? '…' : ''}${text.slice(from, to).replace(/\s+/g, ' ')}${to < text.length ? '…' : ''}`.toWellFormed()
  const parts: { text: string; hit: boolean }[] = []
  const push = (piece: string, hit: boolean): void => {
    const last = parts.at(-1)
    if (last?.hit === hit) last.text += piece
    else if (piece) parts.push({ text: piece, hit })
  }
  let at = 0
  for (const { start, end } of hitsIn(cut, wanted)) {
    push(cut.slice(at, start), false)
    push(cut.slice(Math.max(at, start), end), true)
    at = end
  }
  push(cut.slice(at), false)
  return parts
}
