import { diffArrays } from 'diff'
import { changedLines } from './changed-lines.ts'

/** A run of lines that both texts have, or what stands in its place on either side (one of them may be empty). */
export type DiffBlock =
  | { readonly kind: 'same'; readonly lines: readonly string[] }
  | { readonly kind: 'changed'; readonly left: readonly string[]; readonly right: readonly string[] }

/** A change of more lines than this, counted on both sides, is one block: no more than 300 of a block are shown, and aligning costs the square. */
const mostEdits = 1_000

type Growing =
  | { readonly kind: 'same'; readonly lines: string[] }
  | { readonly kind: 'changed'; readonly left: string[]; readonly right: string[] }

/** Adds lines to the last block where they are of its kind. */
function keep(blocks: Growing[], lines: readonly string[]): void {
  if (lines.length === 0) return
  const last = blocks.at(-1)
  if (last?.kind === 'same') for (const line of lines) last.lines.push(line)
  else blocks.push({ kind: 'same', lines: [...lines] })
}

function change(blocks: Growing[], left: readonly string[], right: readonly string[]): void {
  if (left.length === 0 && right.length === 0) return
  const last = blocks.at(-1)
  if (last?.kind === 'changed') {
    for (const line of left) last.left.push(line)
    for (const line of right) last.right.push(line)
  } else blocks.push({ kind: 'changed', left: [...left], right: [...right] })
}

function align(blocks: Growing[], left: readonly string[], right: readonly string[]): void {
  const parts = diffArrays([...left], [...right], { maxEditLength: mostEdits })
  if (!parts) {
    change(blocks, left, right)
    return
  }
  for (const { value, added, removed } of parts) {
    if (added) change(blocks, [], value)
    else if (removed) change(blocks, value, [])
    else keep(blocks, value)
  }
}

/**
 * Lays two texts beside each other, line by line, so that as many equal lines as possible meet. Same and changed blocks alternate; put
 * together again, either side is its text.
 */
export function alignedLines(leftText: string, rightText: string): readonly DiffBlock[] {
  const { before, after, above, below } = changedLines(leftText, rightText)
  const lines = leftText.split('\n')
  const blocks: Growing[] = []
  keep(blocks, lines.slice(0, above))
  align(blocks, before, after)
  keep(blocks, lines.slice(lines.length - below))
  return blocks
}

/** A line cut into what it shares with the other line at both ends, and what is its own between. */
export type LineParts = { readonly before: string; readonly own: string; readonly after: string }

const wordCharacter = /[\p{L}\p{N}_]/u
/** Whether a cut there would go through a word, or through one character of two halves. */
const inWord = (line: string, at: number): boolean =>
  (wordCharacter.test(line[at - 1] ?? '') && wordCharacter.test(line[at] ?? '')) ||
  (/[\uD800-\uDBFF]/.test(line[at - 1] ?? '') && /[\uDC00-\uDFFF]/.test(line[at] ?? ''))

/** Where two lines differ, widened to whole words. `null` where they share nothing worth pointing past. */
export function ownParts(left: string, right: string): readonly [LineParts, LineParts] | null {
  const shorter = Math.min(left.length, right.length)
  let head = 0
  while (head < shorter && left[head] === right[head]) head++
  while (head > 0 && (inWord(left, head) || inWord(right, head))) head--
  let tail = 0
  while (tail < shorter - head && left.at(-1 - tail) === right.at(-1 - tail)) tail++
  while (tail > 0 && (inWord(left, left.length - tail) || inWord(right, right.length - tail))) tail--
  if (head + tail === 0) return null
  const cut = (line: string): LineParts => ({
    before: line.slice(0, head),
    own: line.slice(head, line.length - tail),
    after: line.slice(line.length - tail),
  })
  return [cut(left), cut(right)]
}

/** Blocks as they are shown: long runs of equal lines are cut to what stands next to a change. */
export type ShownBlock = DiffBlock | { readonly kind: 'hidden'; readonly lines: readonly string[] }

/** @param context how many equal lines stay beside each change */
export function withoutLongRuns(blocks: readonly DiffBlock[], context = 2): readonly ShownBlock[] {
  return blocks.flatMap((block, index): readonly ShownBlock[] => {
    if (block.kind === 'changed') return [block]
    const head = index === 0 ? 0 : context
    const tail = index === blocks.length - 1 ? 0 : context
    const { lines } = block
    // One line less is not worth a line that says so.
    if (lines.length <= head + tail + 1) return [block]
    const parts: ShownBlock[] = [
      { kind: 'same', lines: lines.slice(0, head) },
      { kind: 'hidden', lines: lines.slice(head, lines.length - tail) },
      { kind: 'same', lines: lines.slice(lines.length - tail) },
    ]
    return parts.filter((part) => part.kind === 'changed' || part.lines.length > 0)
  })
}
