import { stripVTControlCharacters } from 'node:util'
import { isoInstant } from '#core/time/instant.ts'
import type { Refusal } from '#core/values/refusal.ts'

/** What a person typed wrongly: exit code 2. */
export class UsageError extends Error {}

/** A refusal on its way out of a command: one line on stderr, exit code 1. */
export class RefusedError extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/** What a refusal says, with the place of the mistake where it has one: the window marks it under the query, here it is counted from 1. */
export function refusalSentence({ message, details }: Refusal): string {
  const place = details?.at
  if (typeof place !== 'object' || place === null || !('start' in place) || typeof place.start !== 'number')
    return message
  const where = `at character ${place.start + 1}.`
  return message.endsWith('.') ? `${message.slice(0, -1)}, ${where}` : `${message} It stands ${where}`
}

/** The value of a result. @throws RefusedError where it is a refusal. */
export function accepted<T>(result: { ok: true; value: T } | { ok: false; error: Refusal }): T {
  if (!result.ok) throw new RefusedError(result.error)
  return result.value
}

// C0 and C1 controls, line ends that only some programs know, and the marks that turn the direction of text around: a title must
// not drive the terminal. Tab and line feed are left.
const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: naming them is the point
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Text of many lines, safe to print on a terminal. */
export const safeText = (text: string): string => stripVTControlCharacters(text).replace(unsafe, '\uFFFD')
/** The same on one line. */
export const safeLine = (text: string): string => safeText(text).replace(/[\n\t]+/g, ' ')

/** What a person typed, quoted in a sentence: never so long that the sentence is lost. */
export const quoted = (typed: string): string =>
  `"${typed.length > 60 ? `${typed.slice(0, 59).toWellFormed()}…` : typed}"`

export const dayText = (at: number): string => isoInstant(at).slice(0, 10)
export const printedInstant = isoInstant

/** Prints lines for a person. The last place where text passes, so it is made safe here, whatever was done before. */
export function print(text: string): void {
  process.stdout.write(`${safeText(text).replace(/\n$/, '')}\n`)
}

/**
 * With `--json`: one JSON document and a line feed. The shapes are in `docs/cli.md`. What a terminal could take for a command is
 * written as `\u….`, which is the same text for every JSON reader.
 */
export function printJson(value: unknown): void {
  const json = JSON.stringify(value).replace(
    unsafe,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  process.stdout.write(`${json}\n`)
}
