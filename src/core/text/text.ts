import { z } from 'zod'
import { isVisible } from './visible-text.ts'

/** The most bytes (UTF-8) that one description or comment may have: 1 MiB. */
export const maxBodyBytes = 1_048_576
/** The most characters of a title or name. */
export const maxTitleLength = 500

// biome-ignore lint/suspicious/noControlCharactersInRegex: naming them is the point
const controlInLine = /[\u0000-\u001f\u007f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: naming them is the point
const controlInBody = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/

/** Length in bytes once written as UTF-8; a lone surrogate counts as the three bytes of U+FFFD. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    if (unit < 0x800) bytes += 1
    else if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      bytes += 2
      i++
    } else bytes += 2
  }
  return bytes
}

/** Whether a text is larger than one that is kept may be. No character takes more than three bytes for each of its units. */
export const isTooLarge = (text: string): boolean =>
  text.length > maxBodyBytes / 3 && utf8Length(text) > maxBodyBytes

/** One line of text: trimmed, not empty, no control characters, no lone surrogates, at most 500 characters. */
export const line = z
  .string()
  .transform((text) => text.trim())
  .pipe(
    z
      .string()
      .min(1, 'is empty')
      .max(maxTitleLength, `is longer than ${maxTitleLength} characters`)
      .refine((text) => !controlInLine.test(text), 'has control characters (line breaks and tabs included)')
      .refine((text) => text.isWellFormed(), 'has half a character (a lone surrogate)'),
  )

/** A title or name that somebody gives now: a line with something to see in it. What was recorded before may have none. */
export const visibleLine = line.refine(isVisible, 'is empty: it has no character that can be seen')

/** Text of many lines: at most 1 MiB as UTF-8, no control characters but tab, line feed and carriage return. */
export const body = z
  .string()
  .refine((text) => !isTooLarge(text), 'is larger than 1 MiB (1,048,576 bytes), which is the limit')
  .refine((text) => !controlInBody.test(text), 'has control characters')
  .refine((text) => text.isWellFormed(), 'has half a character (a lone surrogate)')

/** Makes any text from outside fit for `body`: control characters become U+FFFD, as do lone surrogates. */
export function cleanBody(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: naming them is the point
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\uFFFD')
}

/** Makes any text from outside fit for `line`: white space and control characters fold to one blank, cut at 500. */
export function cleanLine(text: string): string {
  const folded = text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: naming them is the point
    .replace(/[\s\u0000-\u001f\u007f]+/g, ' ')
    .trim()
  return folded.length <= maxTitleLength ? folded : `${folded.slice(0, maxTitleLength - 1).toWellFormed()}…`
}
