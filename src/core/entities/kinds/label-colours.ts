/** Twelve hues of equal lightness, so that no label shouts. */
const palette = [
  '#5e6ad2',
  '#2f86c9',
  '#1f9aa8',
  '#26996f',
  '#5b9a3c',
  '#8f8a1f',
  '#b98012',
  '#c96a3a',
  '#cf5363',
  '#c2528f',
  '#9c5bc4',
  '#76808f',
] as const

function sumOf(text: string): number {
  let sum = 0
  for (const char of text) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0
  return sum
}

/** The colour that a person gets: always the same for the same text. */
export const colourFor = (text: string): string => palette[sumOf(text) % palette.length] ?? palette[0]

const channels = (colour: string): readonly number[] =>
  [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) || 0)

/** How far two colours are apart, squared, as the eye sees it: red and blue count by how much red there is. */
function distance(one: string, other: string): number {
  const [[r = 0, g = 0, b = 0], [r2 = 0, g2 = 0, b2 = 0]] = [channels(one), channels(other)]
  const red = (r + r2) / 2
  return (2 + red / 256) * (r - r2) ** 2 + 4 * (g - g2) ** 2 + (2 + (255 - red) / 256) * (b - b2) ** 2
}

const ours: ReadonlySet<string> = new Set(palette)

/** The one of the twelve that a colour looks like most. */
const nearest = (colour: string): string =>
  ours.has(colour)
    ? colour
    : palette.reduce((best, each) => (distance(each, colour) < distance(best, colour) ? each : best))

/** The colour for a new label: of the twelve that the fewest labels have or look like, the one that its name points at or the next. @param colours of the labels that there are. */
export function leastUsedColour(name: string, colours: Iterable<string>): string {
  const uses = new Map<string, number>(palette.map((colour) => [colour, 0]))
  for (const colour of colours) {
    const like = nearest(colour.toLowerCase())
    uses.set(like, (uses.get(like) ?? 0) + 1)
  }
  const fewest = Math.min(...uses.values())
  const first = sumOf(name) % palette.length
  const inTurn = [...palette.slice(first), ...palette.slice(0, first)]
  return inTurn.find((colour) => uses.get(colour) === fewest) ?? palette[0]
}
