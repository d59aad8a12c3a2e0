import { goesByLine, type JsonSlice, jsonSlices, type SliceLimits } from './json-slices.ts'
import type { JsonSource } from './json-source.ts'

/** A JSON object, not checked further. */
export type JsonFields = { readonly [key: string]: unknown }

export type JsonRecord =
  | {
      readonly kind: 'record'
      readonly line: number
      readonly at: number
      readonly length: number
      readonly value: JsonFields
    }
  | { readonly kind: 'problem'; readonly line: number; readonly at: number; readonly reason: string }

export const recordLimits: SliceLimits = { maxBytes: 64 * 1_048_576, maxDepth: 200 }

/**
 * The objects of a file, in pages or not (see `jsonSlices`); what is no object is a problem of its line.
 * @param options.listKeys names of a document's field that holds the records, as in Jira's `{"issues": […]}`.
 */
export async function* jsonRecords(
  source: JsonSource,
  options: { readonly listKeys?: readonly string[]; readonly limits?: SliceLimits } = {},
): AsyncGenerator<JsonRecord> {
  const { listKeys = [], limits = recordLimits } = options
  const byLine = goesByLine(source.head, listKeys)
  for await (const slice of jsonSlices(source.chunks(), { limits, listKeys, byLine })) yield recordOf(slice)
}

/** Parses a record's bytes. */
export function recordOf(slice: JsonSlice): JsonRecord {
  const { line, at, length, what } = slice
  const problem = (reason: string): JsonRecord => ({
    kind: 'problem',
    line,
    at,
    reason: `${what} ${reason}.`,
  })
  if (slice.bytes === null) return problem(slice.problem ?? 'can not be read')
  const text = slice.bytes.toString('utf8')
  const conflict = /^\s*(<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|)/.exec(text)
  if (conflict) return problem('is a conflict marker that git left in the file')
  try {
    const value: unknown = JSON.parse(text)
    if (!isFields(value)) return problem('is not a JSON object')
    return { kind: 'record', line, at, length, value }
  } catch (error) {
    return problem(`is not JSON: ${error instanceof Error ? shorten(error.message) : String(error)}`)
  }
}

export const isFields = (value: unknown): value is JsonFields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

// V8 quotes the source around the fault, which may be long and hold anything.
const shorten = (message: string): string =>
  message
    .replace(/, (?:\.\.\.)?"[\s\S]*$/, '')
    .replace(/\s+/g, ' ')
    .slice(0, 200)
    .toWellFormed()
