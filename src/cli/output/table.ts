import stringWidth from 'string-width'

const graphemes = new Intl.Segmenter()

/** How many cells of a terminal a line takes. */
export const widthOf = (line: string): number => stringWidth(line, { countAnsiEscapeCodes: true })

/** Cuts or fills a line to a width in cells. */
export function fitted(line: string, width: number): string {
  const full = widthOf(line)
  if (full <= width) return line + ' '.repeat(width - full)
  let cut = ''
  let taken = 0
  for (const { segment } of graphemes.segment(line)) {
    const cells = widthOf(segment)
    if (taken + cells > width - 1) break
    cut += segment
    taken += cells
  }
  return `${cut}…${' '.repeat(Math.max(0, width - taken - 1))}`
}

export type TableColumn = {
  readonly head: string
  /** The most cells on a terminal; as many as it needs where absent. */
  readonly most?: number
  /** Left out first where the terminal is narrow, the highest number before all. 0 or absent stays. */
  readonly spare?: number
  /** Takes what width is left. One column does. */
  readonly grows?: boolean
}

const gap = 2
/** The growing column gets this much before spare columns do. */
const readable = 24

/**
 * Columns side by side, fitted to `width` cells: long cells are cut, and where there is still too little room spare columns are left
 * out. Infinite width (no terminal) cuts nothing.
 */
export function table(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const widths = columns.map((column, index) => {
    const needed = Math.max(widthOf(column.head), ...rows.map((row) => widthOf(row[index] ?? '')))
    return Number.isFinite(width) && column.most !== undefined ? Math.min(needed, column.most) : needed
  })
  const grows = columns.findIndex((column) => column.grows)
  const shown = new Set(columns.keys())
  const left = (): number =>
    [...shown].reduce((room, index) => room - (index === grows ? 0 : (widths[index] ?? 0) + gap), width)
  const spare = [...columns.keys()]
    .filter((index) => columns[index]?.spare)
    .sort((a, b) => (columns[b]?.spare ?? 0) - (columns[a]?.spare ?? 0))
  for (const index of spare) {
    if (left() >= Math.min(readable, widths[grows] ?? 0)) break
    shown.delete(index)
  }
  widths[grows] = Math.max(10, Math.min(widths[grows] ?? 0, left()))
  return [columns.map((column) => column.head), ...rows]
    .map((row) =>
      [...shown]
        .map((index) => fitted(row[index] ?? '', widths[index] ?? 0))
        .join(' '.repeat(gap))
        .trimEnd(),
    )
    .join('\n')
}

/** The terminal's width in cells; without one infinite, so that a script gets every character. */
export const outputWidth = (): number =>
  process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY
