/** The most levels of quotes and lists that are laid out; in one line, for each level further in takes a mark or a blank more. */
const mostNested = 40
/**
 * The most marks that are parsed where the window is drawn. What the parser does worst with (links in links, lines of `=`) costs the square of their
 * number: so many take some 20 ms, a thousand words without marks 3.
 */
const mostMarks = 500
const mostCharacters = 10_000

const container = /[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))/y

/** How deep the quotes and lists of a text are nested at most, without parsing it. */
export function nestingOf(text: string): number {
  let deepest = 0
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start)
    container.lastIndex = start
    let depth = 0
    while (container.test(text)) depth++
    deepest = Math.max(deepest, depth)
    if (end === -1) break
    start = end + 1
  }
  return deepest
}

/** Whether a text is nested more deeply than is laid out. */
export const isNestedTooDeep = (text: string): boolean => nestingOf(text) > mostNested

/** Whether a text is parsed in less time than anybody notices, whatever is in it. */
export function isQuick(text: string): boolean {
  if (text.length > mostCharacters) return false
  let marks = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    // ASCII that is neither letter, digit nor blank, but full stop and comma.
    const isMark = code > 0x20 && code < 0x7f && !/[\w.,]/.test(text[at] as string)
    if ((isMark || code === 0x5f || code === 0x0a) && ++marks > mostMarks) return false
  }
  return true
}
