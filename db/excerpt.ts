import { foldedWords } from '#core/filter/match-filter.ts'

export type ExcerptPart = { readonly text: string; readonly hit: boolean }

/** Characters shown before and after the first match. */
const before = 40
const after = 140
/** Only the beginning of a very long text is looked through for the place to show. */
const lookedThrough = 200_000

/**
 * Cuts the surroundings of the first match out of a text and marks the matched words, as full-text search sees words: whatever
 * their case and accents. @returns parts that make up the excerpt in order; plain text.
 */
export function excerptOf(
  text: string,
  wanted: readonly { readonly words: readonly string[]; readonly begun: boolean }[],
): ExcerptPart[] {
  const isHit = (word: string): boolean => {
    const folded = foldedWords(word)[0]
    return (
      folded !== undefined &&
      wanted.some(({ words, begun }) =>
        words.some((one, at) => (begun && at === words.length - 1 ? folded.startsWith(one) : folded === one)),
      )
    )
  }
  const searched = text.slice(0, lookedThrough)
  let first = -1
  for (const match of searched.matchAll(/[\p{L}\p{N}\p{Co}\p{Mn}]+/gu)) {
    if (!isHit(match[0])) continue
    first = match.index
    break
  }
  // What fits as it is, a title for one, is not cut.
  const fits = text.length <= before + after
  const from = fits ? 0 : Math.max(0, first - before)
  const to = fits ? text.length : Math.min(text.length, Math.max(first, 0) + after)
  const cut =
    `${from > 0 ? '…' : ''}${text.slice(from, to).replace(/\s+/g, ' ')}${to < text.length ? '…' : ''}`.toWellFormed()
  const parts: ExcerptPart[] = []
  const push = (piece: string, hit: boolean): void => {
    if (piece) parts.push({ text: piece, hit })
  }
  let at = 0
  for (const match of cut.matchAll(/[\p{L}\p{N}\p{Co}\p{Mn}]+/gu)) {
    if (!isHit(match[0])) continue
    push(cut.slice(at, match.index), false)
    push(match[0], true)
    at = match.index + match[0].length
  }
  push(cut.slice(at), false)
  return parts
}
