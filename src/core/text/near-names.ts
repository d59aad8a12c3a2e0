/** How many letters must be added, dropped, replaced or swapped with the next to make one text from the other. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1)
      next.push(least)
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}

/** Asks whether one of the names was meant, to follow a sentence that says what is not there; empty where there is no name. */
export const didYouMean = (names: readonly string[]): string =>
  names.length > 0 ? ` Did you mean ${names.join(', ')}?` : ''

/** Longer ones are nobody's slip of the finger. */
const longest = 60

/**
 * What somebody may have meant by a name that is none: up to three things of which a name begins like the typed one, holds it, or
 * is a slip or two away; the nearest first.
 */
export function nearNames<Thing>(
  typed: string,
  things: readonly Thing[],
  namesOf: (thing: Thing) => readonly string[],
): Thing[] {
  const wanted = typed.toLowerCase().slice(0, longest)
  if (wanted === '') return []
  const far = (name: string): number => {
    const known = name.toLowerCase().slice(0, longest)
    if (known.startsWith(wanted)) return 0.25
    if (wanted.length > 2 && known.includes(wanted)) return 0.5
    const slips = distance(wanted, known)
    return slips <= Math.max(1, Math.floor(wanted.length / 3)) ? slips : Number.POSITIVE_INFINITY
  }
  return things
    .map((thing) => ({ thing, far: Math.min(...namesOf(thing).map(far)) }))
    .filter((one) => one.far < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map((one) => one.thing)
}
