/** White space and control characters folded to single blanks: what was typed on many lines, on one. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: naming them is the point
  return text.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim()
}

/**
 * A text of at most `limit` characters (UTF-16 units, the "…" counted), cut after a whole word. A word that alone is longer than half of
 * that is cut inside; never through the middle of a character.
 */
export function cutAtWord(text: string, limit: number): string {
  if (text.length <= limit) return text
  if (limit <= 0) return ''
  const head = text.slice(0, limit)
  let lastBlank = limit - 1
  while (lastBlank >= limit / 2 && !/\s/.test(head.charAt(lastBlank))) lastBlank--
  const atWord = lastBlank >= limit / 2 ? head.slice(0, lastBlank) : head.slice(0, limit - 1)
  const last = atWord.charCodeAt(atWord.length - 1)
  const whole = last >= 0xd800 && last < 0xdc00 ? atWord.slice(0, -1) : atWord
  return `${whole.replace(/[\s,;:.–—-]+$/u, '')}…`
}

/** Marks that turn the direction of what follows, by which a subject could be made to read as something else. */
const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** A text without marks that turn its direction. */
export const withoutTurning = (text: string): string => text.replace(turning, '')

/** Escapes a text and keeps it to `limit` characters, cut after a whole word and never inside of what `escaping` wrote. */
export function cutEscaped(text: string, limit: number, escaping: (text: string) => string): string {
  let length = Math.min(limit, text.length)
  let escaped = escaping(cutAtWord(text, length))
  while (escaped.length > limit) {
    length = Math.min(length - 1, Math.floor((length * limit) / escaped.length))
    escaped = escaping(cutAtWord(text, length))
  }
  return escaped
}
