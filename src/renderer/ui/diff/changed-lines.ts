/** What two texts have in common at both ends, in lines, and what lies between. */
export type ChangedLines = {
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** Equal lines above and below. */
  readonly above: number
  readonly below: number
}

/**
 * Narrows a change down to the lines between the first and the last difference. One edit in one place, which nearly every edit
 * of a description is, comes out exactly; several edits come out as one block.
 */
export function changedLines(from: string, to: string): ChangedLines {
  const before = from.split('\n')
  const after = to.split('\n')
  const shorter = Math.min(before.length, after.length)
  let above = 0
  while (above < shorter && before[above] === after[above]) above++
  let below = 0
  while (below < shorter - above && before.at(-1 - below) === after.at(-1 - below)) below++
  return {
    before: before.slice(above, before.length - below),
    after: after.slice(above, after.length - below),
    above,
    below,
  }
}
