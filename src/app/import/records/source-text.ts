import { cleanBody, cleanLine, isTooLarge, maxBodyBytes } from '#core/text/text.ts'
import { isVisible } from '#core/text/visible-text.ts'
import { isFields, type JsonFields } from './json-records.ts'

/** A text made fit for an event, and how many bytes of it were cut off (0 for all but the very long). */
export type FittedText = { readonly text: string; readonly cutBytes: number }

const room = 100

/** A body as the core takes it: cleaned, line feeds alone, and cut at 1 MiB with a last line that says so. */
export function fitBody(from: unknown): FittedText {
  const text = cleanBody(typeof from === 'string' ? from : '').replaceAll('\r\n', '\n')
  if (!isTooLarge(text)) return { text, cutBytes: 0 }
  const bytes = Buffer.from(text)
  let end = maxBodyBytes - room
  // Bytes 10xxxxxx continue a character: step back to where one begins.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  const cutBytes = bytes.length - end
  return {
    text: `${bytes.toString('utf8', 0, end)}\n\n[Cut off on import: ${cutBytes} more bytes, over the limit of 1 MiB]`,
    cutBytes,
  }
}

/** A title as the core takes it; `null` where there is none that can be seen. */
export function fitTitle(from: unknown): string | null {
  const title = typeof from === 'string' ? cleanLine(from) : ''
  return isVisible(title) ? title : null
}

export const untitled = 'Untitled'

/** A name, key or other short text, cleaned; the empty text where there is none. Numbers are taken as their digits. */
export function shortText(from: unknown): string {
  if (typeof from === 'number' && Number.isFinite(from)) return String(from)
  return typeof from === 'string' ? cleanLine(from) : ''
}

export const jsonTextIn = (from: unknown): string => (typeof from === 'string' ? from : '')
export const listOf = (from: unknown): readonly unknown[] => (Array.isArray(from) ? from : [])
export const jsonFieldsIn = (from: unknown): JsonFields => (isFields(from) ? from : {})
export const objectsIn = (from: unknown): readonly JsonFields[] => listOf(from).filter(isFields)

/** The text at a path of fields, `name(issue, 'fields', 'status', 'name')`; empty where it leads nowhere. */
export function nameAt(from: JsonFields, ...path: readonly string[]): string {
  let value: unknown = from
  for (const step of path) value = jsonFieldsIn(value)[step]
  return shortText(value)
}

/** A JSON value that any store can take: well-formed text, finite numbers, no `__proto__`; long text cut at the body limit. */
export function fitJson(value: unknown): unknown {
  if (typeof value === 'string') return fitBody(value).text
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (Array.isArray(value)) return value.map(fitJson)
  if (isFields(value))
    return Object.fromEntries(entriesOf(value).map(([key, of]) => [cleanBody(key), fitJson(of)]))
  return value ?? null
}

const entriesOf = (value: JsonFields): [string, unknown][] =>
  Object.entries(value).filter(([key]) => key !== '__proto__')

/** Noise that says nothing about the issue: addresses of the API itself, pictures of people. */
const noise =
  /^(self|url|node_id|expand|avatarUrls?|avatar_url|gravatar_id|iconUrl|.+_url|_links|performed_via_github_app)$/

/**
 * What Docket has no field for, made small: no empty values, no addresses of the source's API, no icons.
 * @param known fields that were taken already. @returns `null` where nothing is left.
 */
export function leftovers(from: JsonFields, known: ReadonlySet<string>): JsonFields | null {
  const kept = entriesOf(from).flatMap(([key, value]) => {
    if (known.has(key) || noise.test(key)) return []
    const small = compact(value)
    return small === undefined ? [] : [[cleanBody(key), small] as const]
  })
  return kept.length === 0 ? null : Object.fromEntries(kept)
}

function compact(value: unknown): unknown {
  if (value === null || value === undefined || value === '') return undefined
  if (Array.isArray(value)) {
    const items = value.map(compact).filter((item) => item !== undefined)
    return items.length === 0 ? undefined : items
  }
  if (isFields(value)) return leftovers(value, none) ?? undefined
  return fitJson(value)
}

const none: ReadonlySet<string> = new Set()

/** Adds to the list under a key. */
export function addTo(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}
